// SPDX-License-Identifier: GPL-2.0-or-later
#include <array>

#include "dissector/core/decoder.h"

namespace meshcore {

PayloadDecoder payload_decoder(PayloadType type) {
    // In the order of PayloadType.
    static constexpr std::array<PayloadDecoder, 16> table = {
        decode_datagram,   // REQ
        decode_datagram,   // RESPONSE
        decode_datagram,   // TXT_MSG
        decode_ack,        //
        decode_advert,     //
        decode_grp_txt,    //
        decode_grp_data,   //
        decode_anon_req,   //
        decode_datagram,   // PATH
        decode_trace,      //
        decode_multipart,  //
        decode_control,    //
        nullptr,           // reserved
        nullptr,           // reserved
        nullptr,           // reserved
        decode_raw_custom  //
    };
    return table[static_cast<std::size_t>(type) & 15];
}

}  // namespace meshcore
