// Changes a log so that it stays worth opening: random changes alone rarely get past a checksum.
#pragma once

#include <random>

#include "gzip_oracle.hpp"

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

class LogMutator {
 public:
  explicit LogMutator(unsigned seed) : random_(seed) {}

  size_t mutate(uint8_t *data, size_t size, size_t most) {
    LogCase input(data, size);
    switch (below(16)) {
      case 0:
        input.flags ^= static_cast<uint8_t>(1 << below(4));
        break;
      case 1:
        input.count = static_cast<uint8_t>(random_());
        break;
      case 2:
        tear(input.log);
        break;
      case 3:
        rebuild(input.log, most);
        break;
      case 4:
        begin_compaction(input);
        break;
      case 5:
      case 6:
      case 7:
        change(input.journal, most);
        input.flags |= LogCase::has_journal;
        break;
      case 8:
        change_field(input.log, Header::state, Header::size);
        break;
      case 9:
        change_field(input.journal, 8, Journal::size);
        break;
      default:
        change(input.log, most);
    }
    if (below(4) > 0) fix(input);
    const Bytes bytes = input.encoded();
    if (bytes.size() > most) return LLVMFuzzerMutate(data, size, most);
    std::memcpy(data, bytes.data(), bytes.size());
    return bytes.size();
  }

 private:
  size_t below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }
  bool chance() { return below(2) == 0; }

  void change(Bytes &bytes, size_t most) {
    const size_t size = bytes.size();
    bytes.resize(std::max(size + 64, std::min(2 * size, most)));
    auto *data = reinterpret_cast<uint8_t *>(bytes.data());
    bytes.resize(LLVMFuzzerMutate(data, size, bytes.size()));
  }

  // One number of a header becomes a small one, a huge one, or nearly itself.
  void change_field(Bytes &bytes, size_t from, size_t to) {
    if (bytes.size() < to) return;
    const size_t at = from + 4 * below((to - from) / 4 - 1);
    const uint64_t now = load(bytes, at, 8);
    const uint64_t other[] = {0,       1,       ~0ULL,        ~0ULL >> 1,
                              now + 1, now - 1, bytes.size(), below(bytes.size())};
    store(bytes, at, other[below(8)], 8);
  }

  // As a kill or a power cut leaves it.
  void tear(Bytes &log) {
    if (log.empty()) return;
    const size_t at = below(log.size());
    switch (below(3)) {
      case 0:
        log.resize(at);
        break;
      case 1:
        std::fill(log.begin() + static_cast<long>(at), log.end(), '\0');
        break;
      default:
        log += log.substr(at, below(200));
    }
  }

  // The same text, changed, as a log of other chunks and blocks.
  void rebuild(Bytes &log, size_t most) {
    Bytes text = gzip_text(log).value_or(log);
    if (text.size() > most) text.resize(most);
    if (chance()) change(text, most);
    log = Bytes("\x1f\x8b\x08\x04\0\0\0\0\0\xff\x28\0MI\x24\0\1", 17) + Bytes(35, '\0');
    size_t done = 0;
    while (done < text.size() && below(4) > 0) {
      const size_t newline = text.find('\n', std::min(done + below(2000), text.size() - 1));
      const size_t end = newline == text.npos ? text.size() : newline + 1;
      log += chunk(text.substr(done, end - done));
      done = end;
    }
    store(log, 20, below(10), 8);
    store(log, 28, log.size(), 8);
    while (done < text.size()) {
      const size_t count = std::min(below(chance() ? 3000 : 100), text.size() - done);
      log += block(0, text.substr(done, count));
      done += count;
    }
    log += block(1, "") + Bytes(8, '\0');
    fix_log(log);
  }

  static Bytes block(char kind, std::string_view text) {
    Bytes bytes(5, kind);
    store(bytes, 1, text.size(), 2);
    store(bytes, 3, ~text.size(), 2);
    return bytes + Bytes(text);
  }

  static Bytes chunk(std::string_view text) {
    z_stream stream{};
    CHECK(deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK, "deflate");
    Bytes out(deflateBound(&stream, text.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FULL_FLUSH);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
  }

  // The journal with which the tail's first blocks become a chunk, and the log at some step of it.
  void begin_compaction(LogCase &input) {
    const auto sound = sound_log(input.log);
    const auto header = Header::parse(input.log);
    if (!sound || !header) return;
    // Behind any block of whole lines.
    size_t rest = header->tail, length = header->length;
    for (size_t at = rest, text = length; input.log[at] == 0 && below(6) > 0;) {
      const size_t count = load(input.log, at + 1, 2);
      at += 5 + count;
      text += count;
      if (text > 0 && sound->text[text - 1] == '\n') rest = at, length = text;
    }
    const Bytes chunks = chunk(sound->text.substr(header->length, length - header->length));
    Bytes &journal = input.journal;
    journal = "MIJ1" + Bytes(Journal::size - 4, '\0') + chunks;
    store(journal, 8, header->generation, 8);
    store(journal, 16, header->tail, 8);
    store(journal, 32, rest, 8);
    journal[Journal::state] = 1;
    store(journal, Journal::state + 4, header->generation + 1, 8);
    store(journal, Journal::state + 12, header->tail + chunks.size(), 8);
    store(journal, Journal::state + 20, length, 8);
    store(journal, Journal::state + 28, crc_of(sound->text.substr(0, length)), 4);
    fix_journal(input);
    input.flags |= LogCase::has_journal;
    if (header->tail + chunks.size() > rest) return;
    if (below(4) > 0) input.log[17] = 1;
    if (chance()) copy(input.log, header->tail, chunks, below(chunks.size() + 1));
    fix_header(input.log, Header::state);
  }

  static void copy(Bytes &into, size_t at, const Bytes &from, size_t count) {
    into.replace(at, count, from, 0, count);
  }

  void fix(LogCase &input) {
    if (Header::is_marked(input.log)) {
      if (chance()) fix_chunks(input.log);
      if (below(8) > 0) fix_header(input.log, Header::state);
    }
    if (chance()) fix_ends(input.log);
    if (input.is(LogCase::has_journal) && below(8) > 0) fix_journal(input);
  }

  static void fix_log(Bytes &log) {
    fix_chunks(log);
    fix_header(log, Header::state);
    fix_ends(log);
  }

  // Length and CRC before the tail.
  static void fix_chunks(Bytes &log) {
    const uint64_t tail = load(log, 28, 8);
    if (tail < Header::size || tail > log.size()) return;
    const Inflated chunks =
        inflated(std::string_view(log).substr(Header::size, tail - Header::size), -15, 4 << 20);
    store(log, 36, chunks.text.size(), 8);
    store(log, 44, crc_of(chunks.text), 4);
  }

  static void fix_header(Bytes &bytes, size_t at) {
    if (bytes.size() < at + 36) return;
    store(bytes, at + 32, crc_of(std::string_view(bytes).substr(at, 32)), 4);
  }

  // CRC and length at the end of each member.
  static void fix_ends(Bytes &bytes) {
    size_t start = 0;
    while (bytes.size() - start > 18 && bytes[start] == '\x1f') {
      size_t at = start + 10;
      if ((bytes[start + 3] & 4) != 0) at += 2 + load(bytes, at, 2);
      for (int flag : {8, 16}) {
        if ((bytes[start + 3] & flag) == 0) continue;
        at = bytes.find('\0', at);
        if (at == bytes.npos) return;
        at++;
      }
      if (at >= bytes.size()) return;
      const Inflated member = inflated(std::string_view(bytes).substr(at), -15, 4 << 20);
      at += member.end;
      if (!member.whole || bytes.size() - at < 8) return;
      store(bytes, at, crc_of(member.text), 4);
      store(bytes, at + 4, member.text.size(), 4);
      start = at + 8;
    }
  }

  static void fix_journal(LogCase &input) {
    Bytes &journal = input.journal;
    if (journal.size() < Journal::size) return;
    fix_header(journal, Journal::state);
    const std::string_view bytes = journal;
    store(journal, 24, bytes.size() - Journal::size, 8);
    store(journal, 76, crc_of(bytes.substr(Journal::size)), 4);
    store(journal, 4, crc_of(bytes.substr(8, 72)), 4);
  }

  std::minstd_rand random_;
};

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  return LogMutator(seed).mutate(data, size, most);
}
