#include "stepladder/page/map_file.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/core.h>

#include "plot_map.hpp"
#include "plot_map_key.hpp"
#include "stepladder/plot/svg.hpp"
#include "style.hpp"

namespace stepladder::page {
namespace {

using plot::Drawing;
using plot::Point;

constexpr double kPanel = 310;
constexpr double kGap = 16;
constexpr std::size_t kAcross = 3;
constexpr std::size_t kPanelsMost = 6;

// The page's rules for drawings in its light colours, with the colours themselves in place of
// their names: not every viewer knows those.
std::string light_style() {
  const std::string_view page = page_style();
  const std::size_t open = page.find('{') + 1;
  const std::string_view named = page.substr(open, page.find('}') - open);
  std::string style;
  for (std::size_t at = page.find("svg text{"); at < page.size();) {
    const std::size_t use = page.find("var(--", at);
    if (use == std::string_view::npos) {
      style += page.substr(at, page.find("@media print", at) - at);
      break;
    }
    style += page.substr(at, use - at);
    const std::size_t end = page.find(')', use);
    const std::string name = std::string(page.substr(use + 4, end - use - 4)) + ':';
    const std::size_t from = named.find(name) + name.size();
    style += named.substr(from, std::min(named.find(';', from), named.size()) - from);
    at = end + 1;
  }
  return style;
}

std::string moved(const std::string& svg, Point to) {
  return fmt::format("<svg x=\"{}\" y=\"{}\" overflow=\"visible\"{}", plot::pixels(to.x),
                     plot::pixels(to.y), svg.substr(std::string_view("<svg").size()));
}

double height_of(const std::string& svg) {
  constexpr std::string_view kName = "height=\"";
  return std::stod(svg.substr(svg.find(kName) + kName.size()));
}

}  // namespace

std::string to_map_svg(const report::RunReport& report) {
  const std::vector<double> levels = score_levels(report);
  const std::size_t count = std::min(report.rates.groups.size(), kPanelsMost);
  if (count == 0 || report.budgets.empty()) return "";
  const std::size_t across = std::min(count, kAcross);
  const double width = kGap + static_cast<double>(across) * (kPanel + kGap);
  std::string body;
  double y = 34;
  double row_height = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const report::GroupReport& group = report.rates.groups[i];
    const std::size_t column = i % across;
    if (column == 0 && i > 0) y += row_height + 34;
    const double x = kGap + static_cast<double>(column) * (kPanel + kGap);
    const std::string map = map_plot(report, group, levels, kPanel);
    row_height = column == 0 ? height_of(map) : std::max(row_height, height_of(map));
    body += fmt::format("<text class=\"strong\" x=\"{}\" y=\"{}\">{}</text>\n{}", x, y - 10,
                        plot::escaped(group.name), moved(map, {x, y}));
  }
  y += row_height + 12;
  const std::string colours = map_colours(report, levels, kPanel);
  if (!colours.empty()) body += moved(colours, {kGap, y});
  double x = across > 1 ? 2 * kGap + kPanel : kGap;
  double line = across > 1 ? y + 6 : y + 56;
  const double left = x;
  for (const Key& key : map_keys(report)) {
    const double wide = 30 + plot::width_of(key.name, 12);
    if (x + wide > width - kGap) {
      x = left;
      line += 20;
    }
    body += moved(key.sign, {x, line}) + fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", x + 25,
                                                     line + 12, plot::escaped(key.name));
    x += wide;
  }
  const double height = std::max(line + 20, y + 50) + 10;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
      "{1}\">\n<title>Score over learning rate and steps: {2}</title>\n<style>{3}</style>\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{4}</svg>\n",
      plot::pixels(width), plot::pixels(height), plot::escaped(report.board.run), light_style(),
      body);
}

}  // namespace stepladder::page
