# SPDX-License-Identifier: GPL-2.0-or-later
"""What the firmware vectors state inside the encryption, in our fields' names.

Each word of a vector's `fields` is either translated here or named as one that says nothing about the
bytes; a word that is neither fails the test, so that nothing is left uncompared.
"""
import collections

# Words of the vectors -> fields, the same in every payload type.
PLAIN = {
    "plaintext": "plaintext",
    "timestamp": "timestamp",
    "txt_type": "text.type",
    "flags_byte": "text.flags",
    "text": "text",
    "sender_prefix": "text.sender_prefix",
    "ret_path_len_byte": "returned_path.length",
    "extra_type_byte": "returned_path.extra",
    "extra_type": "returned_path.extra_type",
    "extra_dummy_random": "returned_path.random",
    "req_type": "req.type",
    "inverse_perm_mask": "req.inverse_permissions",
    "reserved": "req.reserved",
    "random": "req.random",
    "version": "req.version",
    "count": "req.count",
    "offset": "req.offset",
    "order_by": "req.order",
    "pubkey_prefix_len": "req.prefix_length",
    "start_secs_ago": "req.start",
    "end_secs_ago": "req.end",
    "password": "anon_req.password",
    "anon_type_code": "anon_req.type",
    "reply_path_len_byte": "anon_req.reply_path_length",
    "remaining": "multipart.remaining",
    "multipart_type": "multipart.type",
    "data_type": "data.type",
    "data_len": "data.length",
    "data": "data",
}
# What is said of the vector, not of its bytes, or follows from what is compared.
SAYS_NOTHING = {
    "dest_hash", "src_hash", "channel_hash", "mac", "sender_pub_key", "dest_node", "src_node", "shared_secret",
    "decrypted", "ext_attempt", "acks_packet", "request", "hash_candidates", "channel", "message", "sender",
    "ret_path_hash_size", "reply_path_hash_size", "extra", "anon_type", "req_type_name", "perm_mask", "tag_is",
    "server_role", "layout", "lpp_len", "ack_crc_u32le", "prefix_len", "is_disabled",
}
ANSWERS = {"LOGIN_OK": 0, "GET_STATUS": 1, "GET_TELEMETRY_DATA": 3, "GET_AVG_MIN_MAX": 4, "GET_ACCESS_LIST": 5,
           "GET_NEIGHBOURS": 6, "GET_OWNER_INFO": 7, "ANON_REGIONS": 0x101, "ANON_OWNER": 0x102,
           "ANON_BASIC": 0x103}
ANSWER_WORDS = {
    "tag": "resp.tag",
    "server_time": "resp.clock",
    "regions": "resp.regions",
    "features": "resp.features",
    "firmware_version": "resp.owner.firmware",
    "node_name": "resp.owner.name",
    "owner_info": "resp.owner.info",
    "resp_code": "resp.login.code",
    "legacy_keep_alive": "resp.login.keep_alive",
    "is_admin_field": "resp.login.admin",
    "permissions": "resp.login.permissions",
    "random": "resp.login.random",
    "firmware_ver_level": "resp.login.firmware_level",
    "neighbours_count": "resp.neighbour.total",
    "results_count": "resp.neighbour.count",
}
STATUS_WORDS = {
    "batt_milli_volts": "battery", "curr_tx_queue_len": "queue_length", "noise_floor": "noise_floor",
    "last_rssi": "last_rssi", "n_packets_recv": "packets_received", "n_packets_sent": "packets_sent",
    "total_air_time_secs": "tx_airtime", "total_up_time_secs": "uptime", "n_sent_flood": "sent_flood",
    "n_sent_direct": "sent_direct", "n_recv_flood": "received_flood", "n_recv_direct": "received_direct",
    "err_events": "error_flags", "last_snr": "last_snr", "n_direct_dups": "direct_duplicates",
    "n_flood_dups": "flood_duplicates", "total_rx_air_time_secs": "rx_airtime", "n_recv_errors": "receive_errors",
    "n_posted": "posts", "n_post_push": "posts_pushed",
}


def little(digits):
    return int.from_bytes(bytes.fromhex(digits), "little")


def ack(fields):
    return {"ack_checksum": little(fields["ack_crc"]), "ack_extra": fields["extra"] or None}


def telemetry(records):
    wanted = collections.defaultdict(list)
    for record in records:
        wanted["telemetry.channel"].append(record["channel"])
        wanted["telemetry.type"].append(record["type"])
        for word, value in record.items():
            if word in ("channel", "type", "name") or word.endswith("raw"):
                continue
            if record["name"] == "gps":
                wanted["telemetry." + word].append(value)
            elif word == "value":
                wanted["telemetry." + record["name"]].append(value)
            else:
                wanted[f"telemetry.{record['name']}.{word}"].append(value)
    return dict(wanted)


def columns(prefix, rows, words):
    """Lists of the rows' values, or absent fields if there are no rows."""
    return {prefix + field: [row[word] for row in rows] or None for word, field in words.items()}


def answer(fields):
    wanted = {"resp.type": ANSWERS[fields["response_type"]]}
    for word, value in fields.items():
        if word in ANSWER_WORDS:
            wanted[ANSWER_WORDS[word]] = value
        elif word == "stats":
            wanted |= {"resp.status." + STATUS_WORDS[name]: number for name, number in value.items()
                       if name != "last_snr_x4"}
        elif word == "acl":
            wanted |= columns("resp.acl.", value, {"pubkey_prefix": "prefix", "permissions": "permissions"})
        elif word == "neighbours":
            wanted |= columns("resp.neighbour.", value,
                              {"pubkey_prefix": "prefix", "heard_secs_ago": "heard", "snr": "snr"})
        elif word == "series":
            wanted |= columns("resp.series.", value, {"channel": "channel", "lpp_type": "type", "min": "min",
                                                      "max": "max", "avg": "avg"})
        elif word == "lpp":
            wanted |= telemetry(value)
        elif word not in SAYS_NOTHING | {"response_type", "text", "dest_hash", "plaintext"}:
            raise AssertionError(f"nobody compares {word}")
    return wanted


def inside(payload_type, fields):
    """The wanted fields of a vector with an encrypted payload, an ACK or parts; None means absent."""
    if payload_type == "RESPONSE":
        wanted = answer(fields) | {"plaintext": fields["plaintext"]}
        return {"meshcore." + name: value for name, value in wanted.items()}
    wanted = {}
    for word, value in fields.items():
        if word == "text" and payload_type == "GRP_TXT":
            wanted |= {"text": fields["message"], "sender": fields["sender"], "channel": fields["channel"]}
        elif word in PLAIN:
            wanted[PLAIN[word]] = value
        elif word == "attempt":
            extended = fields.get("ext_attempt")
            wanted["text.attempt"] = value if extended is None else extended
        elif word == "ack_crc_expected":
            wanted["expected_ack"] = little(value) if value else None
        elif word == "ack_crc":
            wanted |= ack(fields)
        elif word in ("ack", "extra_ack"):
            wanted |= ack(value)
        elif word == "ret_path":
            wanted["returned_path.hop"] = value or None
        elif word == "reply_path":
            wanted["anon_req.reply_hop"] = value or None
        elif word == "sync_since":
            wanted["req.since" if payload_type == "REQ" else "anon_req.since"] = value
        elif word in ("res1", "res2"):
            wanted["req.reserved"] = f"{fields['res1']:02x}{fields['res2']:02x}"
        elif word == "extra_response":
            wanted |= answer(value)
        elif word not in SAYS_NOTHING:
            raise AssertionError(f"nobody compares {word} of {payload_type}")
    return {"meshcore." + name: value for name, value in wanted.items()}
