#!/usr/bin/env python3
"""Verifies an audit export of ML Platform, offline, with Python's standard library alone.

    python3 verify-audit-export.py audit.jsonl --key 'name+hash+base64'

It shares no code with ML Platform. It computes the RFC 6962 tree from the entries
and the neighbouring hashes in the export, and checks that the signed checkpoint
(C2SP) has the same root: then no entry of the period was changed, added, swapped or
left out. Get the key from the auditors' own records, not from the export.
Exit code 0 when all is well, 1 when not, 2 when it cannot be read.
"""
import argparse
import base64
import hashlib
import json
import sys


def canonical(value):
    """JSON as RFC 8785 wants it, for what entries hold: strings, booleans, integers, lists, objects."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def number(value):
    """A double as ECMAScript writes it (RFC 8785, 3.2.2.3)."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, point = shortest(abs(value))
    count = len(mantissa)
    if count <= point <= 21:
        return sign + mantissa + "0" * (point - count)
    if 0 < point <= 21:
        return sign + mantissa[:point] + "." + mantissa[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + mantissa
    fraction = "." + mantissa[1:] if count > 1 else ""
    return f"{sign}{mantissa[0]}{fraction}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def shortest(value):
    """The shortest digits that give the double again, and where the decimal point stands after them."""
    digits, _, exponent = repr(value).partition("e")
    whole, _, fraction = digits.partition(".")
    point = len(whole) + int(exponent or 0)
    text = whole + fraction
    stripped = text.lstrip("0")
    return stripped.rstrip("0"), point - (len(text) - len(stripped))


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The complete subtrees so far, left to right, as (leaves, hash)."""

    def __init__(self):
        self.size = 0
        self.edge = []

    def push(self, leaves, hash_):
        self.size += leaves
        while self.edge and self.edge[-1][0] == leaves and self.size % (2 * leaves) == 0:
            leaves, hash_ = 2 * leaves, node_hash(self.edge.pop()[1], hash_)
        self.edge.append((leaves, hash_))

    def root(self):
        if not self.edge:
            return hashlib.sha256(b"").digest()
        hashes = [hash_ for _, hash_ in self.edge]
        root = hashes.pop()
        while hashes:
            root = node_hash(hashes.pop(), root)
        return root


def subtree_sizes(start, end):
    """The complete subtrees that the leaves from start up to end are made of."""
    while start < end:
        width = 1
        while start % (width * 2) == 0 and start + width * 2 <= end:
            width *= 2
        yield width
        start += width


# Ed25519 verification, RFC 8032, section 6.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    m = (y1 - x1) * (y2 - x2) % P
    n = (y1 + x1) * (y2 + x2) % P
    c = 2 * t1 * t2 * D % P
    d = 2 * z1 * z2 % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P:
        return None
    return P - x if (x & 1) != sign else x


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def ed25519_verify(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    gy = 4 * pow(5, P - 2, P) % P
    gx = recover_x(gy, 0)
    left, right = multiply(s, (gx, gy, 1, gx * gy % P)), add(r, multiply(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def open_note(note, vkey, what):
    """The lines of a note that the key has signed."""
    name, key_hash, encoded = vkey.split("+", 2)
    typed = base64.b64decode(encoded)
    if len(typed) != 33 or typed[0] != 1:
        fail("the key is no Ed25519 verifier key")
    if hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4].hex() != key_hash:
        fail("the hash in the key is of another key")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        _, signer, blob = line.split(" ", 2)
        data = base64.b64decode(blob)
        if signer == name and data[:4].hex() == key_hash and ed25519_verify(typed[1:], text.encode(), data[4:]):
            return name, text.split("\n")
    fail(f"the {what} is not signed by the key")


def open_checkpoint(note, vkey):
    """Size and root of a checkpoint that the key has signed."""
    name, (origin, size, root, *_) = open_note(note, vkey, "checkpoint")
    if origin != name:
        fail(f"the checkpoint is of the log {origin}")
    return int(size), base64.b64decode(root)


def open_disposal(note, vkey):
    """Places of entries whose events were disposed of, as the key has signed."""
    name, (kind, origin, _, start, end, *_) = open_note(note, vkey, "disposal")
    if kind != "ml-platform/audit-disposal/v1" or origin != name:
        fail("the disposal is none of this log")
    return range(int(start), int(end))


def fail(message):
    print(f"NOT VALID: {message}", file=sys.stderr)
    sys.exit(1)


def verify(lines, key):
    first = next(lines)
    header = json.loads(first)
    if header.get("format") != "ml-platform/audit-export/v1":
        fail("the first line is no header of an audit export")
    if key is None:
        key = header["verifierKey"]
        print("warning: the key is the export's own; compare it with your records: " + key, file=sys.stderr)
    digest = hashlib.sha256(first.encode())
    start, end = header["start"], header["end"]
    position, footer, leaves, removed = start, None, [], 0
    disposals = [open_disposal(note, key) for note in header.get("disposals", [])]
    for line in lines:
        record = json.loads(line)
        if footer is not None:
            fail("there are lines after the footer")
        if record["type"] == "footer":
            footer = record
            continue
        if record["position"] != position:
            fail(f"entry {position} is missing: the next one is {record['position']}")
        digest.update(line.encode())
        if record["type"] == "disposed":
            if not any(position in disposed for disposed in disposals):
                fail(f"entry {position} is not there, and nothing says that it was disposed of")
            leaves.append(base64.b64decode(record["leaf"]))
            removed += 1
        else:
            leaves.append(leaf_hash(canonical(record["entry"]).encode()))
        position += 1
    if footer is None:
        fail("the footer is missing: the export was cut off")
    if position != end or footer["entries"] != end - start:
        fail(f"the export ends at entry {position}, not at {end}")
    size, root = open_checkpoint(footer["checkpoint"], key)
    if size < end:
        fail(f"the checkpoint covers {size} entries only")
    tree = Tree()
    for side, (first, last) in (("left", (0, start)), (None, (start, end)), ("right", (end, size))):
        if side is None:
            for leaf in leaves:
                tree.push(1, leaf)
            continue
        widths = list(subtree_sizes(first, last))
        if len(widths) != len(footer[side]):
            fail(f"the hashes on the {side} are not {len(widths)}")
        for width, hash_ in zip(widths, footer[side]):
            tree.push(width, base64.b64decode(hash_))
    if tree.root() != root:
        fail("the entries are not those of the signed log: one was changed, added, swapped or left out")
    if footer["sha256"] != digest.hexdigest():
        fail("the lines are not those that were exported")
    return header, end - start, size, removed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", help="the export; - for standard input")
    parser.add_argument("--key", help="the log's verifier key, as `ml audit status` prints it")
    arguments = parser.parse_args()
    try:
        source = sys.stdin if arguments.file == "-" else open(arguments.file, encoding="utf-8")
        header, entries, size, removed = verify(iter(source), arguments.key)
    except (OSError, ValueError, KeyError, StopIteration) as error:
        print(f"cannot be read: {error!r}", file=sys.stderr)
        sys.exit(2)
    print(f"VALID: {entries} entries, {header['start']} to {header['end'] - 1} of {size}, "
          f"from {header['since']} to {header['until']}, none changed, added or left out"
          + (f"; {removed} of them disposed of, as two people approved" if removed else ""))


if __name__ == "__main__":
    main()
