// SPDX-License-Identifier: GPL-2.0-or-later
#include "dissector/wireshark/names.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_set>
#include <vector>

#include "dissector/core/text.h"
#include "dissector/wireshark/learning.h"

namespace meshcore::plugin {
namespace {

constexpr std::uint8_t key_kind = 0, text_kind = 1, via_kind = 2;
/// Enough to tell nodes apart, and what the firmware's own lists show.
constexpr std::size_t shown_key_bytes = 6;
constexpr std::size_t most_candidates = 3;
constexpr int longest_name = 256;

int address_type = -1;

/// Wireshark keeps pointers to names, so they are kept too.
const char* keep(const std::string& text) {
    static std::unordered_set<std::string> kept;
    return kept.insert(text).first->c_str();
}

std::string key_text(Bytes key) {
    return to_hex(key.first(std::min(key.size(), shown_key_bytes)));
}

std::string name_of(const Peer& peer) {
    return peer.name.empty() ? key_text(peer.public_key) : one_line(peer.name);
}

/// Nodes whose key begins with these bytes; none if the user switched name resolution off.
std::vector<const Peer*> peers_of(Bytes key) {
    std::vector<const Peer*> peers;
    const Memory* memory = capture_memory();
    if (!memory || key.empty() || !gbl_resolv_flags.mac_name) return peers;
    for (const std::uint32_t index : memory->peers_with_hash(key[0])) {
        const Peer& peer = memory->peers()[index];
        if (std::equal(key.begin(), key.end(), peer.public_key.begin())) peers.push_back(&peer);
    }
    return peers;
}

/// Of a whole key its own digits are no news.
bool is_news(const Peer& peer, Bytes key) {
    return key.size() < peer.public_key.size() || !peer.name.empty();
}

const char* joined_name(const std::vector<const Peer*>& peers, Bytes key) {
    if (peers.empty() || !is_news(*peers.front(), key)) return nullptr;
    std::string text;
    const std::size_t shown = std::min(peers.size(), most_candidates);
    for (std::size_t i = 0; i < shown; ++i)
        text.append(i == 0 ? "" : " or ").append(name_of(*peers[i]));
    if (shown < peers.size())
        text.append(" or ").append(std::to_string(peers.size() - shown)).append(" more");
    return keep(text);
}

const std::uint8_t* tagged(wmem_allocator_t* pool, std::uint8_t kind, const void* bytes,
                           std::size_t length) {
    auto* data = static_cast<std::uint8_t*>(wmem_alloc(pool, length + 2));
    data[0] = kind;
    std::memcpy(data + 1, bytes, length);
    data[length + 1] = 0;
    return data;
}

EndPoint node(wmem_allocator_t* pool, Bytes key) {
    // A hash that fits one node only is that node, for tables of conversations too.
    const std::vector<const Peer*> peers = peers_of(key);
    const Bytes whole = peers.size() == 1 ? Bytes{peers.front()->public_key} : key;
    return {tagged(pool, key_kind, whole.data(), whole.size()), static_cast<int>(whole.size() + 1),
            wmem_strdup(pool, key_text(key).c_str()), joined_name(peers, key)};
}

EndPoint words(wmem_allocator_t* pool, const std::string& text, std::uint8_t kind = text_kind) {
    if (text.empty()) return {};
    const std::uint8_t* data = tagged(pool, kind, text.data(), text.size());
    return {data, static_cast<int>(text.size() + 1), reinterpret_cast<const char*>(data + 1), nullptr};
}

/// The ends that each payload tells.
struct FindEnds {
    wmem_allocator_t* pool;
    const Dissection& frame;
    EndPoints& ends;

    void hashes(std::uint8_t source, std::uint8_t destination, const std::optional<Ends>& known) const {
        ends.source = node(pool, known ? Bytes{known->source} : Bytes{&source, 1});
        ends.destination = node(pool, known ? Bytes{known->destination} : Bytes{&destination, 1});
    }
    void channel(bool decrypted, Slice name, std::uint8_t hash) const {
        ends.destination =
            words(pool, decrypted ? one_line(frame.text(name)) : "channel " + to_hex(Bytes{&hash, 1}));
    }

    void operator()(const Advert& advert) const { ends.source = node(pool, advert.public_key); }
    void operator()(const Datagram& datagram) const {
        hashes(datagram.src_hash, datagram.dest_hash, datagram.ends);
    }
    void operator()(const AnonRequest& request) const {
        hashes(request.sender[0], request.dest_hash, request.ends);
        ends.source = node(pool, request.sender);
    }
    void operator()(const ChannelMessage& message) const {
        channel(message.decrypted, message.channel, message.channel_hash);
        if (message.decrypted) ends.source = words(pool, one_line(frame.text(message.sender)));
    }
    void operator()(const ChannelData& message) const {
        channel(message.decrypted, message.channel, message.channel_hash);
    }
    void operator()(const Control& control) const {
        if (control.public_key.length > 0) ends.source = node(pool, frame.bytes(control.public_key));
    }
    template <typename Other>
    void operator()(const Other&) const {}
};

/// Where one end is in the tape.
void append_end(Tape& tape, const EndPoint& end, FieldId text, FieldId name) {
    if (!end.data || end.data[0] == via_kind) return;
    tape.append(text, 0, tape.derive(std::string_view{end.text}));
    if (end.data[0] != key_kind) return;
    const Bytes key{end.data + 1, static_cast<std::size_t>(end.length - 1)};
    for (const Peer* peer : peers_of(key))
        if (is_news(*peer, key)) tape.append(name, 0, tape.derive(name_of(*peer)));
}

// Callbacks of the address type.

Bytes content(const address* addr) {
    return {static_cast<const std::uint8_t*>(addr->data) + 1, static_cast<std::size_t>(addr->len - 1)};
}

bool is_key(const address* addr) {
    return *static_cast<const std::uint8_t*>(addr->data) == key_kind;
}

std::string text_of(const address* addr) {
    if (addr->len < 2) return {};
    const Bytes bytes = content(addr);
    return is_key(addr) ? key_text(bytes)
                        : std::string{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

int to_text(const address* addr, char* buffer, int size) {
    const std::string text = text_of(addr);
    const auto length =
        static_cast<std::size_t>(size) > text.size() ? text.size() : static_cast<std::size_t>(size - 1);
    std::copy_n(text.data(), length, buffer);
    buffer[length] = '\0';
    return static_cast<int>(length) + 1;
}

int text_size(const address* addr) {
    return static_cast<int>(text_of(addr).size()) + 1;
}

const char* resolved(const address* addr) {
    // Wireshark wants a text in any case.
    const char* name = addr->len > 1 && is_key(addr) ? node_name(content(addr)) : nullptr;
    return name ? name : keep(text_of(addr));
}

int resolved_size() {
    return longest_name;
}

const char* filter_field(const address*, Bool is_source) {
    return is_source ? "meshcore.src" : "meshcore.dst";
}

}  // namespace

void register_address_type() {
    address_type =
        address_type_dissector_register("AT_MESHCORE", "MeshCore node", to_text, text_size, nullptr,
                                        filter_field, nullptr, resolved, resolved_size);
}

const char* node_name(Bytes key) noexcept {
    try {
        return joined_name(peers_of(key), key);
    } catch (...) {
        return nullptr;
    }
}

const Peer* find_peer(const EndPoint& end) {
    PublicKey key{};
    const Memory* memory = capture_memory();
    if (!memory || end.length != static_cast<int>(key.size() + 1) || end.data[0] != key_kind)
        return nullptr;
    std::copy_n(end.data + 1, key.size(), key.begin());
    return memory->find_peer(key);
}

EndPoints end_points(wmem_allocator_t* pool, const Dissection& frame) {
    EndPoints ends;
    const Header& header = frame.header;
    if (!header.parsed) return ends;
    if (is_flood(header.route)) ends.destination = words(pool, "flood");
    std::visit(FindEnds{pool, frame, ends}, frame.payload);
    // The last hop of a flood is the transmitter that was heard: not the source, but worth a column.
    const bool hops = is_flood(header.route) && header.path.length > 0;
    if (!ends.source.data && hops && header.type != PayloadType::trace) {
        const Bytes hop = frame.bytes(header.path).last(header.hash_size);
        const char* name = node_name(hop);
        ends.source = words(pool, "via " + (name ? std::string{name} : key_text(hop)), via_kind);
    }
    return ends;
}

void append_end_points(Tape& tape, const EndPoints& ends) {
    append_end(tape, ends.source, "meshcore.src"_f, "meshcore.src_name"_f);
    append_end(tape, ends.destination, "meshcore.dst"_f, "meshcore.dst_name"_f);
}

bool is_source(const EndPoint& end) {
    return end.data && *end.data != via_kind;
}

address address_of(const EndPoint& end) {
    address result = ADDRESS_INIT_NONE;
    if (end.data) set_address(&result, address_type, end.length, end.data);
    return result;
}

void set_addresses(packet_info* pinfo, const EndPoints& ends) {
    if (ends.source.data) pinfo->net_src = pinfo->src = address_of(ends.source);
    if (ends.destination.data) pinfo->net_dst = pinfo->dst = address_of(ends.destination);
}

}  // namespace meshcore::plugin
