/* mimir/nlohmann_parse.hpp - entries that were read, as nlohmann::json. Include mimir/nlohmann.hpp. */
#ifndef MIMIR_NLOHMANN_PARSE_HPP
#define MIMIR_NLOHMANN_PARSE_HPP

#include "error.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace mimir {
namespace detail {

struct Nonfinite {
  std::string_view token;
  double value;
};

inline constexpr Nonfinite nonfinites[] = {
    {"NaN", std::numeric_limits<double>::quiet_NaN()},
    {"Infinity", std::numeric_limits<double>::infinity()},
    {"-Infinity", -std::numeric_limits<double>::infinity()},
};

/* The one whose token text begins with at a place, or null. */
inline const Nonfinite *nonfinite_at(std::string_view text, std::size_t at = 0) noexcept {
  for (const Nonfinite &each : nonfinites) {
    if (text.compare(at, each.token.size(), each.token) == 0) return &each;
  }
  return nullptr;
}

/* JSON text without its bare NaN, Infinity and -Infinity, which nlohmann does not parse: each is 0,
 * and it is noted which of the text's numbers it is. Places in the text stay as they are. */
class WithoutNonfinites {
 public:
  explicit WithoutNonfinites(std::string_view given) : text_(given) {
    constexpr std::string_view number = "+-.0123456789eE";
    std::size_t numbers = 0;
    for (std::size_t at = 0; at < text_.size();) {
      if (text_[at] == '"') {
        at = after_string(at);
      } else if (const Nonfinite *found = nonfinite_at(text_, at)) {
        found_.emplace_back(numbers++, found->value);
        text_[at] = '0';
        for (const std::size_t end = at + found->token.size(); ++at < end;) text_[at] = ' ';
      } else if (number.substr(1).find(text_[at]) < 12) {
        numbers++;
        at = std::min(text_.find_first_not_of(number, at), text_.size());
        if (nonfinite_at(text_, at)) return; /* as in 1NaN: left for the parser to refuse */
      } else {
        at++;
      }
    }
  }

  template <class JsonType>
  JsonType parse() const {
    std::size_t numbers = 0;
    auto next = found_.begin();
    return JsonType::parse(text_, [&](int, nlohmann::detail::parse_event_t event, JsonType &value) {
      if (event == nlohmann::detail::parse_event_t::value && value.is_number()) {
        if (next != found_.end() && next->first == numbers) value = (next++)->second;
        numbers++;
      }
      return true;
    });
  }

 private:
  std::size_t after_string(std::size_t quote) const noexcept {
    std::size_t at = quote + 1;
    while (at < text_.size() && text_[at] != '"') at += text_[at] == '\\' ? 2u : 1u;
    return at + 1;
  }

  std::string text_;
  std::vector<std::pair<std::size_t, double>> found_;
};

/* Where an RFC 6901 pointer leads to null. By hand: what nlohmann has for it makes Clang warn, in some
 * versions. */
template <class JsonType>
JsonType *null_at(JsonType &entry, std::string_view pointer) {
  JsonType *value = &entry;
  while (!pointer.empty()) {
    if (pointer[0] != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::string_view name = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(name.size());
    if (value->is_object()) {
      std::string key;
      for (std::size_t at = 0; at < name.size(); at++) {
        const bool is_escape = name[at] == '~' && at + 1 < name.size();
        key += is_escape ? (name[++at] == '1' ? '/' : '~') : name[at];
      }
      const auto found = value->find(key);
      if (found == value->end()) return nullptr;
      value = &*found;
    } else if (value->is_array()) {
      std::size_t index = 0;
      const char *const end = name.data() + name.size();
      const auto [stop, error] = std::from_chars(name.data(), end, index);
      if (error != std::errc() || stop != end || index >= value->size()) return nullptr;
      value = &(*value)[index];
    } else {
      return nullptr;
    }
  }
  return value->is_null() ? value : nullptr;
}

/* Undoes the tagged policy: all of a tag, or nothing when it is not one that the library writes. */
template <class JsonType>
void restore_nonfinites(JsonType &entry) {
  constexpr const char *key = "__nonfinite__";
  if (!entry.is_object()) return;
  const auto tag = entry.find(key);
  if (tag == entry.end() || !tag->is_object() || tag->empty()) return;
  std::vector<std::pair<JsonType *, double>> found;
  for (auto member = tag->begin(); member != tag->end(); ++member) {
    if (!member->is_string()) return;
    const auto &token = member->template get_ref<const std::string &>();
    const Nonfinite *nonfinite = nonfinite_at(token);
    if (!nonfinite || nonfinite->token != token) return;
    JsonType *const place = null_at(entry, member.key());
    if (!place) return;
    found.emplace_back(place, nonfinite->value);
  }
  for (const auto &[place, value] : found) *place = value;
  entry.erase(key);
}

}  // namespace detail

/* An entry that was read (by a Reader, a Subscriber, from a Ring or logger[i]), or any JSON text. Also
 * the bare NaN and infinities of memory and of the policy literal, and those of the policy tagged.
 * Integers of more than 64 bits become doubles. Throws MIMIR_ERROR_INVALID_JSON.
 *
 *     auto entry = mimir::parse<nlohmann::ordered_json>(text);  // keeps the order of the keys
 * @since 0.1.0 */
template <class JsonType = nlohmann::json>
JsonType parse(std::string_view text) {
  try {
    const bool may_have = text.find("NaN") != text.npos || text.find("Infinity") != text.npos;
    JsonType value = may_have ? detail::WithoutNonfinites(text).parse<JsonType>()
                              : JsonType::parse(text.begin(), text.end());
    detail::restore_nonfinites(value);
    return value;
  } catch (const nlohmann::detail::exception &error) {
    throw Error(MIMIR_ERROR_INVALID_JSON, error.what());
  }
}

}  // namespace mimir

#endif /* MIMIR_NLOHMANN_PARSE_HPP */
