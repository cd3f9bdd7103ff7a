#include "stepladder/page/page.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "html.hpp"
#include "plot_bars.hpp"
#include "plot_confirmation.hpp"
#include "plot_curves.hpp"
#include "plot_map.hpp"
#include "plot_map_key.hpp"
#include "plot_scores.hpp"
#include "rungs.hpp"
#include "sections.hpp"
#include "series.hpp"
#include "stepladder/plot/svg.hpp"
#include "stepladder/report/rate_sentences.hpp"
#include "stepladder/report/words.hpp"
#include "stepladder/trial/number_text.hpp"
#include "style.hpp"

namespace stepladder::page {

using plot::escaped;

namespace {

const char* mode_words(schedule::Mode mode) {
  switch (mode) {
    case schedule::Mode::asha:
      return "Asynchronous successive halving";
    case schedule::Mode::asha_stopping:
      return "Asynchronous successive halving, stopping rule";
    case schedule::Mode::hyperband_async:
      return "Asynchronous Hyperband";
    case schedule::Mode::successive_halving:
      return "Successive halving";
    case schedule::Mode::hyperband:
      return "Hyperband";
    case schedule::Mode::pasha:
      return "PASHA";
    case schedule::Mode::random:
      return "Random search";
    case schedule::Mode::top_k:
      return "Top-K";
  }
  return "";
}

// How the steps were spent.
std::string schedule_words(const report::RunReport& r) {
  if (r.budgets.size() < 2)
    return fmt::format("{}: every trial was meant to be trained for {}.", mode_words(r.plan.mode),
                       report::counted_steps(r.plan.max_steps));
  std::vector<std::string> rungs;
  for (const Steps steps : r.budgets) rungs.push_back(steps_text(steps));
  const std::string who = r.plan.mode == schedule::Mode::top_k
                              ? fmt::format("the best {}", r.plan.top_k)
                              : fmt::format("about the best 1/{} of each rung", r.plan.eta);
  return fmt::format(
      "{}: trials were scored after {} steps, the rungs, and {} went on to the next.",
      mode_words(r.plan.mode), report::list_text(rungs), who);
}

std::string header(const report::RunReport& r) {
  const record::Leaderboard& board = r.board;
  const std::string facts =
      fmt::format("{} {} in {} steps and {}; {} had work {:.0f} % of the time. {} {}",
                  steps_text(static_cast<Steps>(board.entries.size())),
                  board.entries.size() == 1 ? "trial" : "trials", steps_text(board.steps_spent),
                  report::duration_text(board.elapsed), report::counted(r.workers.size(), "worker"),
                  100 * board.utilisation, schedule_words(r), report::scores_text(board));
  return fmt::format("<h1>{}{}</h1>\n", escaped(board.run),
                     board.finished ? "" : ", not finished") +
         paragraph(facts, "facts");
}

std::string answer(const report::RunReport& r) {
  std::string html;
  for (const std::string& sentence : r.answer) html += paragraph(sentence);
  return "<div class=\"answer\">\n" + html + "</div>\n";
}

std::string warnings(const report::RunReport& r) {
  if (r.warnings.empty()) return "";
  std::string html;
  for (const report::Warning& warning : r.warnings)
    html += fmt::format("<li><b>{}</b> {}</li>\n", escaped(warning.what), escaped(warning.advice));
  return "<ul class=\"warnings\">\n" + html + "</ul>\n";
}

std::string map(const report::RunReport& r) {
  if (r.rates.groups.empty()) return "";
  constexpr double kPanel = 350;
  constexpr double kAlone = 640;
  constexpr double kOfTwo = 530;
  const std::vector<double> levels = score_levels(r);
  std::string html = paragraph(
      "Each vertical line is a trial on its way up the rungs, each mark its score there. Behind "
      "them, what a Gaussian process over all rungs, pruned trials included, expects of a typical "
      "trial.",
      "note");
  for (const report::GroupReport& group : r.rates.groups)
    if (const Drawn drawn = drawn_paths(r.paths, kMarksMost, group.name);
        drawn.paths.size() < drawn.of)
      html += paragraph(group.name + ": " + drawn_text(drawn) + " are drawn.", "note");
  html += legend(map_keys(r));
  html += "<figure>" + map_colours(r, levels, kPanel) + "</figure>\n<div class=\"panels\">\n";
  for (const report::GroupReport& group : r.rates.groups) {
    const std::string heading = "<h3>" + escaped(group.name) + "</h3>" +
                                (group.map ? "" : paragraph(report::silence_text(group), "note"));
    if (r.rates.groups.size() > 2) {
      html += "<figure>" + heading + map_plot(r, group, levels, kPanel) + "</figure>\n";
      continue;
    }
    const double wide = r.rates.groups.size() == 1 ? kAlone : kOfTwo;
    html += figure([&](double width) { return map_plot(r, group, levels, width); }, wide, heading);
  }
  return html + "</div>\n";
}

std::string method(const report::RunReport& r) {
  return paragraph(
      report::notation_text(r.board.metrics) +
          " The best rate at a budget is where a Gaussian process over (log rate, log steps), "
          "fitted to the scores of all rungs at once, is best; its interval is that of joint "
          "draws. "
          "Every number is in report.json.",
      "note");
}

}  // namespace

std::string to_html(const report::RunReport& r) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"generator\" content=\"stepladder\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<title>{} – Stepladder</title>\n<style>{}</style>\n</head>\n<body>\n{}<main>\n",
      escaped(r.board.run), page_style(), page_patterns());
  html += header(r) + answer(r) + warnings(r);
  html += section("Score over learning rate and steps", map(r));
  html += section("Best rate at each step budget", best_rates(r));
  html += "<div class=\"columns\">\n" + section("What steps buy", frontier(r)) +
          section("Policies and optimizers compared", comparison(r)) +
          section("Learning curves", curves(r)) + section("Rungs", rungs(r)) +
          section("Confirmation with fresh seeds", confirmation(r)) +
          section("What mattered", importance(r)) + "</div>\n";
  html += section("Workers", workers(r));
  html += section("Trials", trials(r));
  html += "<footer>" + method(r) + "</footer>\n</main>\n</body>\n</html>\n";
  return html;
}

}  // namespace stepladder::page
