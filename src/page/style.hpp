// Private to the room: how the page looks, and the patterns its drawings refer to.
#pragma once

namespace stepladder::page {

[[nodiscard]] const char* page_style() noexcept;     // CSS
[[nodiscard]] const char* page_patterns() noexcept;  // an SVG element that takes no room

}  // namespace stepladder::page
