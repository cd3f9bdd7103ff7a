#include "plot_bars.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include "html.hpp"
#include "stepladder/plot/axis.hpp"
#include "stepladder/plot/frame.hpp"
#include "stepladder/report/words.hpp"

namespace stepladder::page {

using plot::Anchor;
using plot::Axis;
using plot::Drawing;
using plot::kFontSize;
using plot::pixels;
using plot::Tick;
using plot::ticks_of;
using plot::width_of;

namespace {

constexpr std::size_t kWorkersMax = 64;  // rows; of more workers every so many are shown

// Stretches of one kind as one path, those that touch within half a pixel joined: a long run has
// more of them than a screen has columns.
std::string stretches_path(const std::vector<record::Stretch>& stretches, record::Doing doing,
                           const Axis& time, double top, double height) {
  std::string d;
  double from = 0;
  double to = -1;
  const auto put = [&] {
    if (to < from) return;
    d += fmt::format("M{} {}H{}V{}H{}Z", pixels(from), pixels(top),
                     pixels(std::max(to, from + 0.3)), pixels(top + height), pixels(from));
  };
  for (const record::Stretch& stretch : stretches) {
    if (stretch.doing != doing) continue;
    const double a = time.at(stretch.from);
    const double b = time.at(stretch.to);
    if (to >= from && a - to < 0.5) {
      to = b;
      continue;
    }
    put();
    from = a;
    to = b;
  }
  put();
  return d;
}

struct Shares {
  std::array<double, 4> seconds{};
  double present = 0;
};

Shares shares_of(const std::vector<record::Stretch>& stretches) {
  Shares shares;
  for (const record::Stretch& stretch : stretches) {
    shares.seconds[static_cast<std::size_t>(stretch.doing)] += stretch.to - stretch.from;
    shares.present += stretch.to - stretch.from;
  }
  return shares;
}

double row_height(std::size_t rows) {
  return std::clamp(360.0 / static_cast<double>(std::max<std::size_t>(rows, 1)), 7.0, 22.0);
}

}  // namespace

std::vector<WorkerId> drawn_workers(const report::RunReport& report) {
  std::vector<WorkerId> drawn;
  const std::size_t every = (report.workers.size() + kWorkersMax - 1) / kWorkersMax;
  for (std::size_t i = 0; const auto& [worker, stretches] : report.workers)
    if (i++ % every == 0) drawn.push_back(worker);
  return drawn;
}

std::string workers_plot(const report::RunReport& report, double width) {
  if (report.workers.empty() || report.board.elapsed <= 0) return "";
  const std::vector<WorkerId> shown = drawn_workers(report);
  const double row = row_height(shown.size());
  const double left = width_of(fmt::format("worker {}", shown.back().value), kFontSize) + 6;
  const double right = width_of("100 %", kFontSize) + 6;
  const double top = 6;
  const double bottom = top + row * static_cast<double>(shown.size());
  Drawing drawing(width, bottom + 40, "What every worker did when");
  const bool is_minutes = report.board.elapsed > 300;
  const bool is_hours = report.board.elapsed > 3 * 3600;
  const double unit = is_hours ? 3600 : is_minutes ? 60 : 1;
  const Axis time{.low = 0, .high = report.board.elapsed, .first = left, .last = width - right};
  const Axis marked{
      .low = 0, .high = report.board.elapsed / unit, .first = left, .last = width - right};
  for (const Tick& tick : ticks_of(marked, static_cast<std::size_t>((width - left - right) / 50))) {
    const double x = marked.at(tick.value);
    drawing.line({x, top}, {x, bottom + 4}, "grid");
    drawing.text({x, bottom + 17}, tick.label, "label", Anchor::middle);
  }
  drawing.text({(left + width - right) / 2, bottom + 35},
               is_hours     ? "hours"
               : is_minutes ? "minutes"
                            : "seconds",
               "title", Anchor::middle);
  double y = top;
  const double gap = row > 10 ? 4 : 1.5;
  double labelled_to = -100;
  for (const WorkerId worker : shown) {
    const std::vector<record::Stretch>& stretches = report.workers.at(worker);
    const Shares shares = shares_of(stretches);
    const auto percent = [&](record::Doing doing) {
      const double seconds = shares.seconds[static_cast<std::size_t>(doing)];
      return shares.present > 0 ? 100 * seconds / shares.present : 0.0;
    };
    drawing.open(
        "strip",
        fmt::format("worker {}: training {:.1f} %, scoring {:.1f} %, waiting "
                    "{:.1f} %, lost {:.1f} %",
                    worker.value, percent(record::Doing::training), percent(record::Doing::scoring),
                    percent(record::Doing::waiting), percent(record::Doing::lost)));
    for (const record::Doing doing : {record::Doing::waiting, record::Doing::training,
                                      record::Doing::scoring, record::Doing::lost}) {
      const double height = row - gap;
      const bool is_thin = doing == record::Doing::waiting;
      const std::string d = stretches_path(
          stretches, doing, time, is_thin ? y + height / 2 - 0.75 : y, is_thin ? 1.5 : height);
      if (!d.empty()) drawing.path(d, name_of(doing));
    }
    drawing.close();
    if (y - labelled_to >= kFontSize + 2) {
      const double base = y + (row - gap) / 2 + 0.36 * kFontSize;
      drawing.text({left - 6, base}, fmt::format("worker {}", worker.value), "label", Anchor::end);
      drawing.text({width - right + 6, base},
                   fmt::format("{:.0f} %",
                               percent(record::Doing::training) + percent(record::Doing::scoring)),
                   "label");
      labelled_to = y;
    }
    y += row;
  }
  return drawing.svg();
}

std::string workers_legend() {
  std::vector<Key> keys;
  for (const char* doing : record::kDoingWords)
    keys.push_back(key_of(doing, [doing](Drawing& drawing, plot::Point) {
      const bool is_thin = doing == name_of(record::Doing::waiting);
      drawing.rectangle({2, is_thin ? 7.25 : 2}, 16, is_thin ? 1.5 : 12, doing);
    }));
  return legend(keys);
}

std::string importance_plot(const report::RunReport& report, double width) {
  if (!report.importance) return "";
  struct Row {
    std::string name;
    analysis::Estimate share;
  };
  constexpr std::size_t kRowsMax = 10;
  std::vector<Row> rows;
  for (const analysis::Effect& effect : report.importance->importance.alone)
    rows.push_back({effect.name, effect.share});
  for (const analysis::PairEffect& effect : report.importance->importance.pairs)
    rows.push_back({effect.first + " × " + effect.second, effect.share});
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.share.value > b.share.value; });
  if (rows.size() > kRowsMax) rows.resize(kRowsMax);
  constexpr double kRow = 40;
  const double right = width_of("100 %", kFontSize) + 8;
  Drawing drawing(width, kRow * static_cast<double>(rows.size()) + 38,
                  "Importance of hyperparameters");
  const Axis shares{.low = 0, .high = 1, .first = 2, .last = width - right};
  const double bottom = kRow * static_cast<double>(rows.size());
  for (int percent = 0; percent <= 100; percent += 25) {
    const double x = shares.at(percent / 100.0);
    drawing.line({x, 0}, {x, bottom + 4}, "grid");
    drawing.text({x, bottom + 17}, fmt::format("{}", percent), "label",
                 percent == 0 ? Anchor::start : Anchor::middle);
  }
  drawing.text({shares.at(0.5), bottom + 34}, "% of the variance", "title", Anchor::middle);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const double y = kRow * static_cast<double>(i);
    const auto [low, high] = row.share.interval_95;
    drawing.text({2, y + 14}, row.name, "label strong halo");
    drawing.rectangle({2, y + 20}, std::max(shares.at(row.share.value) - 2, 0.5), 11, "bar",
                      fmt::format("{}: {:.1f} % [{:.1f}, {:.1f}]", row.name, 100 * row.share.value,
                                  100 * low, 100 * high));
    drawing.line({shares.clamped(low), y + 25.5}, {shares.clamped(high), y + 25.5}, "whisker");
    drawing.text({shares.clamped(std::max(high, row.share.value)) + 6, y + 30},
                 fmt::format("{:.0f} %", 100 * row.share.value), "label halo");
  }
  return drawing.svg();
}

}  // namespace stepladder::page
