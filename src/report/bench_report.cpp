#include "stepladder/report/bench_report.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "formats.hpp"

namespace stepladder::report {

std::string bench_text(const BenchReport& r) {
  return fmt::format(
      "{:.1f} steps/s, {:.1f} GFLOP/s: {:.1f} % of the {:.1f} GFLOP/s of multiply-adds measured "
      "beside it\n"
      "engine {}, level {}, precision {}, checksum {}\n",
      r.steps_per_second, r.gflops, r.percent_of_fma, r.fma_gflops, r.engine, r.level, r.precision,
      r.checksum);
}

std::string bench_json(const BenchReport& r) {
  const nlohmann::ordered_json json = {{"steps_per_second", r.steps_per_second},
                                       {"gflops", r.gflops},
                                       {"fma_gflops", r.fma_gflops},
                                       {"percent_of_fma", r.percent_of_fma},
                                       {"level", r.level},
                                       {"engine", r.engine},
                                       {"precision", r.precision},
                                       {"checksum", r.checksum}};
  return text_of(json);
}

}  // namespace stepladder::report
