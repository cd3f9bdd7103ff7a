// The commands that train: `tune`, and `launch`, which passes on what tune is told.
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "command_options.hpp"

namespace stepladder::app {
namespace {

// What was given for these options but the positional one, in words that give the same again.
std::vector<std::string> given(const std::vector<CLI::Option*>& options,
                               const CLI::Option* positional) {
  std::vector<std::string> words;
  for (const CLI::Option* option : options) {
    if (option == positional || option->get_lnames().empty()) continue;
    for (const std::string& value : option->results())
      words.push_back("--" + option->get_lnames().front() + '=' + value);
  }
  return words;
}

// An option whose values have names.
template <class Choice>
CLI::Option* add_choice(CLI::App* command, const std::string& name, Choice& choice,
                        const std::map<std::string, Choice>& named) {
  std::vector<std::string> names;
  names.reserve(named.size());
  for (const auto& [word, meaning] : named) names.push_back(word);
  return command
      ->add_option_function<std::string>(
          name, [&choice, named](const std::string& word) { choice = named.at(word); })
      ->check(CLI::IsMember(names));
}

// What `tune` is told, and `launch` passes on to it.
void add_tune_options(CLI::App* command, run::TuneOptions& options) {
  add_experiment(command, options.experiment, options.overrides);
  command->add_option("--run-dir", options.run_directory, "The run's folder; default runs/NAME")
      ->type_name("DIR");
  command
      ->add_option("--deadline", options.deadline,
                   "Stop, to be resumed, before so much time has passed: seconds, 2h30m, or "
                   "1-12:00:00; default the end of the Slurm job it runs in, none elsewhere")
      ->type_name("TIME");
  add_choice<run::ProgressStyle>(command, "--progress", options.progress.style,
                                 {{"auto", run::ProgressStyle::automatic},
                                  {"live", run::ProgressStyle::live},
                                  {"lines", run::ProgressStyle::lines},
                                  {"none", run::ProgressStyle::none}})
      ->description("live (one line, rewritten), lines, none, or auto, which is live on a terminal")
      ->type_name("STYLE");
  add_choice<run::WorkloadKind>(
      command, "--workload", options.workload,
      {{"mlp", run::WorkloadKind::mlp}, {"idle", run::WorkloadKind::idle}})
      ->group("");  // for benchmarks, hence not in --help
}

}  // namespace

void describe_tune(CLI::App& app, run::TuneOptions& options) {
  CLI::App* command =
      app.add_subcommand("tune", "Run an experiment, or go on with one that was stopped");
  add_tune_options(command, options);
  command
      ->add_option("--columns", options.progress.columns,
                   "That a live line may have; default the terminal's")
      ->group("");  // for the launcher, whose terminal it is
  command
      ->add_option("--threads", options.threads,
                   "Worker threads when run without mpirun; default one a processor")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  command->footer(
      "Examples:\n"
      "  mpirun -n 9 stepladder tune experiment.toml --run-dir runs/first\n"
      "  stepladder tune experiment.toml --set schedule.trials=80 --set seed=7\n"
      "Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 make it save and stop; a second Ctrl-C ends it at "
      "once.\n"
      "Exit code: 0 finished, 3 stopped before the end (the same command goes on), 2 the input is "
      "wrong, 1 no trial could be trained, or our fault.");
}

void describe_launch(CLI::App& app, LaunchOptions& options) {
  CLI::App* command = app.add_subcommand(
      "launch",
      "Start mpirun with tune, watch over it, and start it again from the journal if need be");
  add_tune_options(command, options.tune);
  const std::vector<CLI::Option*> of_tune = command->get_options();
  command
      ->add_option("-n,--ranks", options.ranks,
                   "Ranks, the scheduler's included; default Slurm's tasks, else one a processor "
                   "and one more")
      ->type_name("N")
      ->check(CLI::Range(2, 1'000'000));
  command->add_option("--hosts", options.hosts, "Hosts to start on, NAME or NAME:RANKS")
      ->delimiter(',')
      ->type_name("HOST,...")
      ->allow_extra_args(false);
  command
      ->add_option("--restarts", options.restarts_max,
                   "How often to start again from the journal; default 5")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000));
  command
      ->add_option("--silence", options.limits.silence,
                   "Seconds without a sign of life from rank 0, after which it is taken for "
                   "wedged; default 60")
      ->type_name("S")
      ->check(number_in(3, 1e6));
  command
      ->add_option("--grace", options.limits.stop,
                   "Seconds from a signal to the end, before the ranks are killed; default 60")
      ->type_name("S")
      ->check(number_in(1, 1e6));
  command->add_option("--mpirun", options.mpirun, "Which one; default the one in PATH")
      ->type_name("PROGRAM");
  command->callback([command, of_tune, &options] {
    options.tune_arguments = given(of_tune, command->get_option("experiment"));
  });
  command->footer(
      "Examples:\n"
      "  stepladder launch experiment.toml -n 9 --run-dir runs/first\n"
      "  stepladder launch experiment.toml --hosts a:8,b:8 -- --mca btl_tcp_if_include "
      "10.1.0.0/16\n"
      "What follows -- are options of mpirun.\n"
      "Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 make the workers save and stop; a second Ctrl-C ends "
      "them at once.\n"
      "Exit code: as of tune; 1 also when the ranks died again and again without a new result.");
}

}  // namespace stepladder::app
