#include "stepladder/plot/svg.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stepladder::plot {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Escaped, leaves_nothing_that_a_page_would_take_for_markup) {
  EXPECT_EQ(escaped("a < b & \"c\" > 'd'"), "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
  EXPECT_EQ(escaped("</script><b>"), "&lt;/script&gt;&lt;b&gt;");
  EXPECT_EQ(escaped("η = 3, 2 × 5"), "η = 3, 2 × 5");
  EXPECT_EQ(escaped(std::string("bell\a")), "bell\xEF\xBF\xBD");
}

TEST(Drawing, escapes_every_text_it_is_given) {
  Drawing drawing(10, 10, "a \"name\" <b>");
  drawing.text({1, 2}, "<script>", "label");
  drawing.circle({1, 1}, 2, "dot", "x & y");
  drawing.open("group", "1 < 2");
  drawing.close();
  const std::string svg = drawing.svg();
  EXPECT_THAT(svg, HasSubstr("aria-label=\"a &quot;name&quot; &lt;b&gt;\""));
  EXPECT_THAT(svg, HasSubstr(">&lt;script&gt;</text>"));
  EXPECT_THAT(svg, HasSubstr("<title>x &amp; y</title></circle>"));
  EXPECT_THAT(svg, HasSubstr("<g class=\"group\"><title>1 &lt; 2</title>"));
  EXPECT_THAT(svg, Not(HasSubstr("<script>")));
}

TEST(Drawing, writes_pixels_shortly_and_without_a_negative_zero) {
  EXPECT_EQ(pixels(12.0), "12");
  EXPECT_EQ(pixels(12.345678), "12.35");
  EXPECT_EQ(pixels(-0.001), "0");
}

TEST(WidthOf, counts_characters_not_bytes) {
  EXPECT_DOUBLE_EQ(width_of("η×2", 12), width_of("abc", 12));
  EXPECT_GT(width_of("mm", 12), width_of("ii", 12));
  EXPECT_EQ(width_of("", 12), 0);
}

}  // namespace
}  // namespace stepladder::plot
