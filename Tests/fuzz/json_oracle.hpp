// A second opinion on JSON text: RFC 8259, UTF-8, and the bare tokens for NaN and infinities. Written
// to be read, not to be fast.
#pragma once

#include <cctype>

#include "support.hpp"

class JSONOracle {
 public:
  // The value without white space between its tokens; nothing when it is not JSON or too deep.
  static std::optional<Bytes> compact(std::string_view text, int levels = 512, bool object = true) {
    JSONOracle json(text, levels);
    json.space();
    if (object && json.peek() != '{') return std::nullopt;
    if (!json.value(0)) return std::nullopt;
    json.space();
    if (json.at_ != text.size()) return std::nullopt;
    return json.out_;
  }

 private:
  JSONOracle(std::string_view text, int levels) : text_(text), levels_(levels) {}

  int peek() const { return at_ < text_.size() ? static_cast<uint8_t>(text_[at_]) : -1; }

  void space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') at_++;
  }

  bool take(int byte) {
    if (peek() != byte) return false;
    out_.push_back(static_cast<char>(byte));
    at_++;
    return true;
  }

  bool word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    out_ += word;
    at_ += word.size();
    return true;
  }

  bool value(int depth) {
    switch (peek()) {
      case '{':
        return list(depth, '}', true);
      case '[':
        return list(depth, ']', false);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      case 'N':
        return word("NaN");
      case 'I':
        return word("Infinity");
      default:
        return word("-Infinity") || number();
    }
  }

  bool list(int depth, int close, bool keys) {
    if (depth >= levels_) return false;
    take(peek());
    space();
    if (take(close)) return true;
    while (true) {
      if (keys) {
        if (!string()) return false;
        space();
        if (!take(':')) return false;
        space();
      }
      if (!value(depth + 1)) return false;
      space();
      if (take(close)) return true;
      if (!take(',')) return false;
      space();
    }
  }

  bool digits() {
    if (peek() < '0' || peek() > '9') return false;
    while (peek() >= '0' && peek() <= '9') take(peek());
    return true;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool string() {
    if (!take('"')) return false;
    while (!take('"')) {
      if (peek() < 0x20) return false;
      if (peek() >= 0x80) {
        if (!sequence()) return false;
      } else if (take('\\')) {
        if (!escape()) return false;
      } else {
        take(peek());
      }
    }
    return true;
  }

  bool escape() {
    if (!take('u')) {
      return peek() > 0 && std::strchr("\"\\/bfnrt", peek()) != nullptr && take(peek());
    }
    const int unit = hexadecimal();
    // Half of a surrogate pair is no character, and no reader agrees with another on it.
    if (unit >= 0xDC00 && unit <= 0xDFFF) return false;
    if (unit < 0xD800 || unit > 0xDBFF) return unit >= 0;
    if (!take('\\') || !take('u')) return false;
    const int low = hexadecimal();
    return low >= 0xDC00 && low <= 0xDFFF;
  }

  // Four digits; -1 when they are not.
  int hexadecimal() {
    int value = 0;
    for (int digit = 0; digit < 4; digit++) {
      const int byte = peek();
      if (byte < 0 || !std::isxdigit(byte)) return -1;
      value = value * 16 + (std::isdigit(byte) ? byte - '0' : std::tolower(byte) - 'a' + 10);
      take(byte);
    }
    return value;
  }

  // UTF-8 of two to four bytes: none too long, no surrogate, none past U+10FFFF.
  bool sequence() {
    const int first = peek();
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4) return false;
    int low = 0x80, high = 0xBF;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    take(first);
    for (int index = 0; index < more; index++) {
      if (peek() < low || peek() > high) return false;
      take(peek());
      low = 0x80, high = 0xBF;
    }
    return true;
  }

  std::string_view text_;
  int levels_;
  size_t at_ = 0;
  Bytes out_;
};
