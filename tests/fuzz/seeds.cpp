// Writes what the fuzzing begins with, DIR/TARGET/NAME: small inputs that are right, made by the
// program's own writers where it has one.
#include <cstdio>
#include <fstream>

#include <zlib.h>

#include "experiment/small_experiment.hpp"
#include "fuzz/fuzz.hpp"
#include "stepladder/experiment/experiment_text.hpp"
#include "stepladder/wire/checkpoint.hpp"
#include "wire/samples.hpp"

namespace stepladder::fuzz {
namespace {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path folder) : folder_(std::move(folder)) {}

  void add(const std::string& target, std::string_view bytes) {
    std::filesystem::create_directories(folder_ / target);
    std::ofstream file(folder_ / target / ("seed-" + std::to_string(count_++)), std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  void add(const std::string& target, const wire::Bytes& bytes) {
    add(target, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

std::string gzipped(const std::string& bytes) {
  std::string packed(bytes.size() + 128, '\0');
  z_stream stream{};
  require(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  require(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// The highest `bytes` bytes of a number, little-endian or not.
std::string number(std::uint64_t value, std::size_t bytes, bool is_big_endian) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> (8 * (is_big_endian ? bytes - 1 - i : i)));
  return text;
}

void add_wire(Corpus& corpus) {
  for (const wire::ToScheduler& message : wire::all_messages_to_scheduler())
    corpus.add("wire", wire::encode(message));
  for (const wire::ToWorker& message : wire::all_messages_to_worker())
    corpus.add("wire", wire::encode(message));
  for (const std::size_t values : {0U, 1U, 5U}) {
    wire::Bytes bytes;
    wire::save({.step = 300, .values = std::vector<float>(values, 0.5F)},
               [&bytes](std::span<const std::byte> some) {
                 bytes.insert(bytes.end(), some.begin(), some.end());
               });
    corpus.add("checkpoint", bytes);
  }
}

void add_journals(Corpus& corpus) {
  const wire::Opened opened{
      .seed = Seed{7}, .experiment = experiment::kSmallExperiment, .rows = {1, 2, 3, 4}};
  std::string all = wire::to_line(opened) + '\n';
  std::uint64_t line = 1;
  for (const wire::Entry& entry : wire::all_entries()) all += wire::to_line(entry, ++line) + '\n';
  corpus.add("journal", all);
  // A run: three workers and their reports.
  std::string run = wire::to_line(wire::Opened{}) + '\n';
  line = 1;
  for (std::uint32_t worker = 0; worker < 3; ++worker)
    run += wire::to_line({.event = {.at = 0, .what = schedule::WorkerJoined{WorkerId{worker}}}},
                         ++line) +
           '\n';
  for (std::uint64_t lease = 1; lease < 12; ++lease)
    run += wire::to_line(
               {.event = {.at = 1,
                          .what =
                              schedule::Reported{
                                  LeaseId{lease}, Score{0.1 * static_cast<double>(lease), 1}, {}}}},
               ++line) +
           '\n';
  corpus.add("journal", run);
  corpus.add("journal", run.substr(0, run.size() - 7));
}

void add_experiments(Corpus& corpus) {
  corpus.add("experiment", experiment::kSmallExperiment);
  corpus.add("experiment", experiment::to_toml(experiment::parse(experiment::kSmallExperiment)));
  corpus.add("experiment", "[schedule]\nmode = \"hyperband\"\nmax_steps = 81\nmin_steps = 1\n");
  corpus.add("experiment",
             "[schedule]\nmode = \"top_k\"\ntop_k = 2\ntotal_steps = 9000\n[space]\nlearning_rate "
             "= { choices = [0.1, 0.2] }\n");
}

void add_tables(Corpus& corpus) {
  const std::string table = "x,y,class\n1,2.5,a\n-3e-4,0,\"b \"\"1\"\"\"\n7,8,a\n";
  corpus.add("csv", '\x01' + joined({table, "x,y,class\n5,6,a\n"}));
  corpus.add("csv", '\x05' + joined({table, ""}));
  corpus.add("csv", '\x12' + joined({"1,0,2\r\n3,1,4\r\n", ""}));
  corpus.add("csv", '\x01' + joined({gzipped(table), ""}));
  corpus.add("curves", "id,rate,m1,m2,s1,s2\na,0.1,0.5,0.4,1,2.5\nb,0.2,nan,,1,2\n");
  corpus.add("curves", "id,m1,m2,m3\n0,3,2,1\n1,3,inf,1\n");
}

void add_images(Corpus& corpus) {
  const auto header = [](std::uint64_t magic, std::initializer_list<std::uint64_t> sizes) {
    std::string text = number(magic, 4, true);
    for (const std::uint64_t size : sizes) text += number(size, 4, true);
    return text;
  };
  const std::string images = header(0x803, {2, 2, 2}) + "abcdefgh";
  const std::string labels = header(0x801, {2}) + std::string("\x00\x01", 2);
  corpus.add("idx", joined({images, labels, images, labels}));
  corpus.add("idx", joined({gzipped(images), gzipped(labels), images, labels}));
}

void add_arrays(Corpus& corpus) {
  const auto array = [](const std::string& type, const std::string& shape,
                        const std::string& body) {
    const std::string header =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
    return "\x93NUMPY\x01" + number(0, 1, false) + number(header.size(), 2, false) + header + body;
  };
  const std::string labels = array("<i8", "(2,)", number(0, 8, false) + number(1, 8, false));
  const std::string reals = array("<f4", "(2, 2)", std::string(16, '\0'));
  const std::string pixels = array("|u1", "(2, 2, 2)", "abcdefgh");
  corpus.add("npy", joined({reals, labels, reals, labels}));
  corpus.add("npy", joined({pixels, labels, "", ""}));
  corpus.add("npy", joined({gzipped(array("<f8", "(2, 1)", std::string(16, '\0'))),
                            array("|u1", "(2, 1)", "ab"), "", ""}));
}

}  // namespace
}  // namespace stepladder::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds DIR\n");
    return 2;
  }
  stepladder::fuzz::Corpus corpus(argv[1]);
  stepladder::fuzz::add_wire(corpus);
  stepladder::fuzz::add_journals(corpus);
  stepladder::fuzz::add_experiments(corpus);
  stepladder::fuzz::add_tables(corpus);
  stepladder::fuzz::add_images(corpus);
  stepladder::fuzz::add_arrays(corpus);
  return 0;
}
