#include "command_options.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "stepladder/run/worker_levels.hpp"
#include "stepladder/training/recipe.hpp"
#include "stepladder/trial/input_error.hpp"

namespace stepladder::app {
namespace {

void add_run_directory(CLI::App* command, std::filesystem::path& folder) {
  command->add_option("run_dir", folder, "The run's folder")->required()->type_name("RUN_DIR");
}

void add_format_and_top(CLI::App* command, std::string& format, std::size_t& top) {
  command->add_option("--format", format, "text, json or csv")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->type_name("FORMAT");
  command->add_option("--top", top, "Show only the best K trials")
      ->type_name("K")
      ->check(CLI::Range(1, 1'000'000));
}

// An option whose words are those of a key of [model].
template <class Choice>
void add_choice(CLI::App* command, const char* option, Choice& choice,
                Choice (*named)(const std::string&), const char* help) {
  const auto read = [&choice, named](const std::string& word) {
    try {
      choice = named(word);
    } catch (const training::ModelError& error) {
      throw InputError(error.what());
    }
  };
  command->add_option_function<std::string>(option, read, help)->type_name("NAME");
}

void describe_leaderboard(CLI::App& app, LeaderboardOptions& options) {
  CLI::App* command =
      app.add_subcommand("leaderboard", "Show what a run has found, while it runs or afterwards");
  add_run_directory(command, options.run_directory);
  add_format_and_top(command, options.format, options.top);
  command->footer("Example:\n  stepladder leaderboard runs/fashion-mnist --top 5");
}

void describe_report(CLI::App& app, ReportOptions& options) {
  CLI::App* command = app.add_subcommand(
      "report", "Write what a run says about rates and steps: report.html and report.json");
  add_run_directory(command, options.run_directory);
  command->add_option("--map", options.map, "Write the map of scores alone as well")
      ->type_name("FILE.svg");
  command->footer(
      "Example:\n  stepladder report runs/fashion-mnist --map map.svg\nreport.html is one file and "
      "opens offline.");
}

void describe_merge(CLI::App& app, MergeOptions& options) {
  CLI::App* command = app.add_subcommand(
      "merge", "Compare runs that differ in the seed only, and answer from all of them");
  command->add_option("run_dirs", options.run_directories, "The runs' folders, two or more")
      ->required()
      ->type_name("RUN_DIR")
      ->expected(2, 1'000'000);
  add_format_and_top(command, options.format, options.top);
  command->footer("Example:\n  stepladder merge runs/seed-1 runs/seed-2 runs/seed-3");
}

void describe_plan(CLI::App& app, PlanOptions& options) {
  CLI::App* command = app.add_subcommand(
      "plan", "Preview what an experiment will cost, by the real scheduler in virtual time");
  add_experiment(command, options.experiment, options.overrides);
  command->add_option("--workers", options.workers, "How many workers; may be repeated")
      ->required()
      ->type_name("N")
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 1'000'000));
  command
      ->add_option("--seconds-per-step", options.seconds_per_step,
                   "Of one worker; default: measured here")
      ->type_name("S")
      ->check(number_in(1e-9, 1e6));
  command->add_flag("--json", options.json, "As JSON");
  command->footer(
      "Example:\n  stepladder plan experiment.toml --workers 8 --workers 64 --seconds-per-step "
      "0.007");
}

void describe_simulate(CLI::App& app, SimulateOptions& options) {
  CLI::App* command = app.add_subcommand(
      "simulate", "Run a schedule in virtual time, over recorded or made-up learning curves");
  add_experiment(command, options.experiment, options.overrides);
  command->add_option("--workers", options.workers, "How many workers")
      ->required()
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  command
      ->add_option("--curves", options.curves,
                   "Recorded curves: a CSV table id, ..., m1..mT[, s1..sT]; steps are epochs")
      ->type_name("TABLE.csv");
  command
      ->add_option("--goal", options.goal,
                   "Whether the table's metric is better when small or large: min or max")
      ->check(CLI::IsMember({"min", "max"}))
      ->type_name("GOAL");
  command->add_option("--run-dir", options.run_directory, "Write a run directory")
      ->type_name("DIR");
  simulation::Disturbances& d = options.disturbances;
  command
      ->add_option("--straggling", d.straggling,
                   "Spread of durations: each is multiplied by 1 + this * |normal|")
      ->type_name("X")
      ->check(number_in(0.0, 1e6));
  command->add_option("--loss", d.loss, "Probability that a worker dies during an assignment")
      ->type_name("P")
      ->check(number_in(0.0, 0.99));
  command->add_option("--away", d.away, "Seconds after which a dead worker is back")
      ->type_name("S")
      ->check(number_in(0.0, 1e9));
  command
      ->add_option("--report-delay", d.report_delay,
                   "Seconds from the end of an assignment to its report")
      ->type_name("S")
      ->check(number_in(0.0, 1e9));
  command->add_flag("--json", options.json, "As JSON");
  command->add_flag("--brief", options.brief,
                    "Leave the lists of trials and assignments out of the JSON");
  command->footer(
      "Example:\n  stepladder simulate experiment.toml --workers 64 --curves curves.csv --goal min "
      "--json --brief");
}

void describe_doctor(CLI::App& app, DoctorOptions& options) {
  CLI::App* command = app.add_subcommand(
      "doctor",
      "Tell what is wrong with the machine, or with how ranks are started, and the remedy");
  command->add_option("experiment", options.tune.experiment, "The experiment file, if there is one")
      ->type_name("EXPERIMENT.toml");
  command->add_option("--set", options.tune.overrides, "Override a key of the experiment")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  command
      ->add_option("--run-dir", options.tune.run_directory, "The run's folder; default runs/NAME")
      ->type_name("DIR");
  command->add_flag("--json", options.json, "As JSON");
  command->footer(
      "Examples:\n"
      "  stepladder doctor experiment.toml\n"
      "  mpirun -n 9 stepladder doctor experiment.toml --run-dir runs/first\n"
      "Exit code: 2 where something is an error, else 0. tune begins with the same examination.");
}

void describe_bench(CLI::App& app, BenchOptions& options) {
  CLI::App* command =
      app.add_subcommand("bench", "Measure a training step on one core of this processor");
  const auto widths = CLI::Range(std::int64_t{1}, std::int64_t{65536});
  command->add_option("--hidden", options.hidden, "Widths of the hidden layers")
      ->delimiter(',')
      ->type_name("N,N,...")
      ->check(widths);
  command->add_option("--inputs", options.inputs, "Features")->type_name("N")->check(widths);
  command->add_option("--classes", options.classes, "Classes")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{65536}));
  command->add_option("--batch", options.batch, "Rows a step")->type_name("N")->check(widths);
  command->add_option("--optimizer", options.optimizer, "As in an experiment")->type_name("NAME");
  command->add_option("--dropout", options.dropout, "Share of hidden units dropped")
      ->type_name("P")
      ->check(number_in(0.0, 0.99));
  add_choice(command, "--precision", options.precision, training::precision_named, "fp32 or bf16");
  add_choice(command, "--engine", options.engine, training::engine_named, "fused or reference");
  command
      ->add_option("--level", options.level,
                   "generic, v3 or v4; default the best this processor has")
      ->type_name("NAME");
  command->add_option("--seconds", options.seconds, "How long to measure")
      ->type_name("S")
      ->check(number_in(0.1, 600.0));
  command->add_flag("--json", options.json, "As JSON");
  command
      ->add_flag("--serve", options.serve,
                 "Read numbers of steps, answer with seconds and per cent of the multiply-add rate")
      ->group("");  // for scripts/compare-peers, hence not in --help
  command->footer("Example:\n  stepladder bench --hidden 256,128 --optimizer sgd --json");
}

void describe_status(CLI::App& app, StatusOptions& options) {
  CLI::App* command = app.add_subcommand(
      "status", "Tell whether a run is running and by whom, finished, or to be resumed");
  add_run_directory(command, options.run_directory);
  command->add_flag("--json", options.json, "As JSON");
  command->footer("Example:\n  stepladder status runs/fashion-mnist");
}

void describe_journal_commands(CLI::App& app, CommandOptions& options) {
  CLI::App* replay = app.add_subcommand(
      "replay", "Derive every decision of a run again from its journal, and compare");
  add_run_directory(replay, options.run_directory);
  replay->footer(
      "Example:\n  stepladder replay runs/fashion-mnist\nExit code: 0 identical, 1 different.");
  CLI::App* explain = app.add_subcommand(
      "explain", "Tell why a trial was promoted, or not, and what would have changed it");
  add_run_directory(explain, options.run_directory);
  explain->add_option("trial", options.trial, "The trial's number")->required()->type_name("TRIAL");
  explain->footer("Example:\n  stepladder explain runs/fashion-mnist 17");
}

void describe_commands(CLI::App& app, CommandOptions& options) {
  describe_tune(app, options.tune);
  describe_launch(app, options.launch);
  describe_leaderboard(app, options.leaderboard);
  describe_report(app, options.report);
  describe_merge(app, options.merge);
  describe_plan(app, options.plan);
  describe_simulate(app, options.simulate);
  describe_bench(app, options.bench);
  describe_doctor(app, options.doctor);
  describe_status(app, options.status);
  describe_journal_commands(app, options);
}

// What is wrong with the command line, and what to do.
std::string advice(const CLI::ParseError& error, const CLI::App& app) {
  const bool is_word_too_many = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  const auto commands = app.get_subcommands();
  return fmt::format(
      "{}{}; see stepladder {}--help", error.what(),
      is_word_too_many && app.got_subcommand("launch") ? "; options of mpirun come after --" : "",
      commands.empty() ? "" : commands.front()->get_name() + ' ');
}

}  // namespace

CLI::Validator number_in(double low, double high) {
  const std::string range = fmt::format("{:g} to {:g}", low, high);
  const auto complaint = [low, high, range](const std::string& text) {
    double value = 0;
    const bool is_good = CLI::detail::lexical_cast(text, value) && low <= value && value <= high;
    return is_good ? std::string() : text + " is no number from " + range;
  };
  return {complaint, range};
}

void add_experiment(CLI::App* command, std::filesystem::path& file,
                    std::vector<std::string>& overrides) {
  command->add_option("experiment", file, "The experiment file")
      ->required()
      ->type_name("EXPERIMENT.toml");
  command->add_option("--set", overrides, "Override a key of the experiment; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

CommandLine command_line_from(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"Asynchronous successive halving for training steps and learning rates, over MPI.",
               "stepladder"};
  app.set_version_flag("--version", fmt::format("stepladder {} (kernels: {})", STEPLADDER_VERSION,
                                                run::level_in_use()));
  app.require_subcommand(1);
  app.footer("Example:\n  stepladder tune --help");
  describe_commands(app, line.options);
  try {
    app.parse(argc, argv);
    line.command = app.get_subcommands().front()->get_name();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) throw InputError(advice(error, app));
    std::ostringstream help;
    app.exit(error, help, help);
    line.help = help.str();
  }
  return line;
}

}  // namespace stepladder::app
