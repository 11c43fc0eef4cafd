// What docs/format.md says of a file, worked out with nothing but zlib.
#pragma once

#include <zlib.h>

#include "support.hpp"

inline uint64_t load(std::string_view bytes, size_t offset, size_t count) {
  uint64_t value = 0;
  for (size_t index = count; index-- > 0;)
    value = value << 8 | static_cast<uint8_t>(bytes[offset + index]);
  return value;
}

inline void store(Bytes &bytes, size_t offset, uint64_t value, size_t count) {
  for (size_t index = 0; index < count; index++)
    bytes[offset + index] = static_cast<char>(value >> 8 * index);
}

inline uint32_t crc_of(std::string_view bytes, uint32_t crc = 0) {
  const auto *start = reinterpret_cast<const Bytef *>(bytes.data());
  return static_cast<uint32_t>(crc32_z(crc, start, bytes.size()));
}

// A deflate stream or gzip member at the beginning of some bytes.
struct Inflated {
  bool whole = false;  // to its end, checksum included
  size_t end = 0;      // bytes taken
  Bytes text;
};

// Text is bounded: an input may be a bomb.
inline Inflated inflated(std::string_view bytes, int window_bits, size_t most = 64 << 20) {
  Inflated result;
  z_stream stream{};
  CHECK(inflateInit2(&stream, window_bits) == Z_OK, "inflateInit2");
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  char out[64 << 10];
  int status = Z_OK;
  while (status == Z_OK && result.text.size() < most) {
    stream.next_out = reinterpret_cast<Bytef *>(out);
    stream.avail_out = sizeof out;
    status = inflate(&stream, Z_NO_FLUSH);
    result.text.append(out, sizeof out - stream.avail_out);
  }
  result.whole = status == Z_STREAM_END;
  result.end = bytes.size() - stream.avail_in;
  // Without its end: a stream of which all was taken, and nothing was wrong.
  if (status != Z_STREAM_END && status != Z_BUF_ERROR && status != Z_OK) result.end = 0;
  inflateEnd(&stream);
  return result;
}

// The text of one gzip member after another, and nothing else; nothing when it is not that.
inline std::optional<Bytes> gzip_text(std::string_view bytes) {
  Bytes text;
  if (bytes.empty()) return std::nullopt;
  while (!bytes.empty()) {
    const Inflated member = inflated(bytes, 31);
    if (!member.whole) return std::nullopt;
    text += member.text;
    bytes.remove_prefix(member.end);
  }
  return text;
}

// The header of a Mimir log.
struct Header {
  static constexpr size_t size = 52, state = 16;
  bool compacting;
  uint64_t generation, tail, length;
  uint32_t crc;

  static bool is_marked(std::string_view bytes) {
    constexpr char fixed[] = "\x1f\x8b\x08\x04\0\0\0\0\0\xff\x28\0MI\x24";
    return bytes.size() >= size && bytes.substr(0, state) == std::string_view(fixed, state);
  }

  static std::optional<Header> parse(std::string_view bytes) {
    if (!is_marked(bytes) || bytes[16] != 1) return std::nullopt;
    if (load(bytes, 48, 4) != crc_of(bytes.substr(16, 32))) return std::nullopt;
    const uint64_t tail = load(bytes, 28, 8), length = load(bytes, 36, 8);
    // Numbers that no file can have: deflate makes at most 1,032 bytes of one.
    if (tail < size || tail >= 1ULL << 62 || length / 1032 > tail - size) return std::nullopt;
    if (tail == size && load(bytes, 44, 4) != 0) return std::nullopt;
    return Header{(bytes[17] & 1) != 0, load(bytes, 20, 8), tail, length,
                  static_cast<uint32_t>(load(bytes, 44, 4))};
  }
};

struct Journal {
  static constexpr size_t size = 80, state = 40;
};

// The text of the chunks of a log, each inflated alone; nothing when they are not what the header
// says.
inline std::optional<Bytes> chunk_text(std::string_view log, const Header &header) {
  if (header.compacting || header.tail < Header::size || header.tail > log.size())
    return std::nullopt;
  Bytes text;
  size_t start = Header::size;
  while (start < header.tail) {
    // The chunk ends at the first marker up to which the stream inflates without an error, and on
    // which another one can follow.
    size_t end = log.find(std::string_view("\0\0\xff\xff", 4), start);
    if (end == log.npos || (end += 4) > header.tail) return std::nullopt;
    Inflated chunk = inflated(log.substr(start, end - start), -15);
    if (chunk.end != end - start || chunk.whole) return std::nullopt;
    // A marker within a block's data looks the same.
    const Bytes closed = Bytes(log.substr(start, end - start)) + Bytes("\1\0\0\xff\xff", 5);
    if (!inflated(closed, -15).whole) return std::nullopt;
    if (chunk.text.empty() || chunk.text.back() != '\n') return std::nullopt;
    text += chunk.text;
    start = end;
  }
  if (text.size() != header.length || crc_of(text) != header.crc) return std::nullopt;
  return text;
}

// A log that is in order up to its end, whatever follows that.
struct SoundLog {
  Bytes text;
  size_t end;
};

inline std::optional<SoundLog> sound_log(std::string_view log) {
  const auto header = Header::parse(log);
  if (!header) return std::nullopt;
  auto text = chunk_text(log, *header);
  if (!text) return std::nullopt;
  for (size_t at = header->tail; log.size() - at >= 5;) {
    const size_t count = load(log, at + 1, 2);
    if (load(log, at + 3, 2) != (~count & 0xFFFF)) return std::nullopt;
    if (log[at] == 1 && count == 0) {
      if (log.size() - at < 13 || load(log, at + 5, 4) != crc_of(*text) ||
          load(log, at + 9, 4) != (text->size() & 0xFFFFFFFF))
        return std::nullopt;
      return SoundLog{*text, at + 13};
    }
    if (log[at] != 0 || log.size() - at - 5 < count) return std::nullopt;
    text->append(log.substr(at + 5, count));
    at += 5 + count;
  }
  return std::nullopt;
}

// The text of a file of which nothing is left in doubt: a log, another gzip file, or plain.
inline std::optional<Bytes> sound_text(std::string_view bytes) {
  if (bytes.substr(0, 2) != "\x1f\x8b") return Bytes(bytes);
  if (!Header::is_marked(bytes)) return gzip_text(bytes);
  const auto log = sound_log(bytes);
  if (!log || log->end != bytes.size()) return std::nullopt;
  return log->text;
}
