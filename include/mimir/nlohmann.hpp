/* mimir/nlohmann.hpp - nlohmann::json and nlohmann::ordered_json in and out. Include it besides
 * <mimir.hpp>, which does without, where you have <nlohmann/json.hpp> (3.9 or later).
 *
 *     logger.log(json);                               // an object: one entry
 *     logger.log({{"step", i}, {"config", json}});    // any value: one member
 *     entry.set("config", json);
 *
 *     for (std::string_view text : reader) nlohmann::json entry = mimir::parse(text);
 *     auto entry = mimir::parse<nlohmann::ordered_json>(logger[-1]);  // keeps the order of the keys
 *
 * 64-bit integers and doubles are exact both ways, NaN and infinities included (nlohmann's own dump
 * makes null of them): how they are stored is the logger's policy, and parse() brings them back. The
 * order of the keys is that of the object: nlohmann::json sorts them.
 *
 * What fails throws mimir::Error, and nothing is logged: MIMIR_ERROR_INVALID_UTF8 for text that is not
 * UTF-8, MIMIR_ERROR_INVALID_JSON for an entry that is no object, MIMIR_ERROR_TOO_DEEP. It costs what
 * setting the members one by one does; a list or an object within is written as text first. */
#ifndef MIMIR_NLOHMANN_HPP
#define MIMIR_NLOHMANN_HPP

#include "entry.hpp"
#include "error.hpp"
#include "nlohmann_parse.hpp"
#include "number_text.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace mimir {
namespace detail {

/* As the library escapes text; it checks the UTF-8. */
inline void append_string(std::string &out, std::string_view text) {
  static constexpr char hexadecimal[] = "0123456789abcdef";
  out += '"';
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte >= 0x20) {
      if (letter == '"' || letter == '\\') out += '\\';
      out += letter;
      continue;
    }
    out += '\\';
    switch (letter) {
      case '\b':
        out += 'b';
        break;
      case '\f':
        out += 'f';
        break;
      case '\n':
        out += 'n';
        break;
      case '\r':
        out += 'r';
        break;
      case '\t':
        out += 't';
        break;
      default:
        (out += "u00") += {hexadecimal[byte >> 4], hexadecimal[byte & 15]};
    }
  }
  out += '"';
}

/* Appends a value as JSON text. depth: how many levels it may yet have, so that no stack runs out. */
template <class JsonType>
void append_json(std::string &out, const JsonType &value, int depth = 512) {
  using Kind = nlohmann::detail::value_t;
  if (depth < 0) throw Error(MIMIR_ERROR_TOO_DEEP, "the JSON value has more than 512 levels");
  const char *comma = "";
  switch (value.type()) {
    case Kind::object:
      out += '{';
      for (auto member = value.begin(); member != value.end(); ++member, comma = ",") {
        append_string(out += comma, member.key());
        append_json(out += ':', *member, depth - 1);
      }
      out += '}';
      break;
    case Kind::array:
      out += '[';
      for (const JsonType &element : value) {
        append_json(out += comma, element, depth - 1);
        comma = ",";
      }
      out += ']';
      break;
    case Kind::string:
      append_string(out, value.template get_ref<const std::string &>());
      break;
    case Kind::boolean:
      append_number(out, value.template get<bool>());
      break;
    case Kind::number_integer:
      append_number(out, value.template get<std::int64_t>());
      break;
    case Kind::number_unsigned:
      append_number(out, value.template get<std::uint64_t>());
      break;
    case Kind::number_float:
      append_number(out, value.template get<double>());
      break;
    default:
      out += value.dump(); /* null; bytes, as nlohmann writes them */
  }
}

template <class JsonType>
struct JsonAdapter {
  static void set(Entry &entry, std::string_view key, const JsonType &value) {
    using Kind = nlohmann::detail::value_t;
    switch (value.type()) {
      case Kind::string:
        entry.set(key, value.template get_ref<const std::string &>());
        break;
      case Kind::boolean:
        entry.set(key, value.template get<bool>());
        break;
      case Kind::number_integer:
        entry.set(key, value.template get<std::int64_t>());
        break;
      case Kind::number_unsigned:
        entry.set(key, value.template get<std::uint64_t>());
        break;
      case Kind::number_float:
        entry.set(key, value.template get<double>());
        break;
      default: {
        std::string text;
        append_json(text, value);
        entry.json(key, text);
      }
    }
  }

  static void fill(Entry &entry, const JsonType &object) {
    if (!object.is_object()) {
      throw Error(MIMIR_ERROR_INVALID_JSON,
                  std::string("an entry must be a JSON object, not ") + object.type_name());
    }
    for (auto member = object.begin(); member != object.end(); ++member) {
      set(entry, member.key(), *member);
    }
  }
};

}  // namespace detail

template <>
struct Adapter<nlohmann::json> : detail::JsonAdapter<nlohmann::json> {};
template <>
struct Adapter<nlohmann::ordered_json> : detail::JsonAdapter<nlohmann::ordered_json> {};

/* A value as JSON text on one line, as the library writes it: for publisher.publish() and the like. NaN
 * and infinities are bare, which JSON lacks and the library takes.
 * @since 0.1.0 */
template <class JsonType>
std::string dump(const JsonType &value) {
  std::string text;
  detail::append_json(text, value);
  return text;
}

}  // namespace mimir

#endif /* MIMIR_NLOHMANN_HPP */
