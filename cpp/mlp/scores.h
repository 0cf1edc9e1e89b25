// The scores of one output, and the area under the ROC curve, computed exactly by sorting them.
//
// They lie in a flat buffer of doubles of the caller, who may store it and go on later: the number of scores kept, the
// number of times that they were thinned out, then the scores. The last bit of a score tells if its sample was
// positive.
#pragma once

#include "mlp/types.h"

namespace mlp {

// The most scores kept for each of `outputs` outputs: 2²⁰, but 2²² for all of them together, and at least 64 for each.
Index mostScores(Index outputs);

// Room for the scores of `samples` samples: a power of two that fits them, up to mostScores().
Index scoreCapacity(Index outputs, Index samples);

constexpr Index kScoreHeader = 2;

class Scores {
 public:
  // `numbers`: kScoreHeader + capacity doubles, 0 at first.
  Scores(double* numbers, Index capacity) : numbers_(numbers), capacity_(capacity) {}

  // Adds the score of sample `sample`, counted from 0. When the room is full, every second score of either kind is
  // dropped, and from then on half as many samples as before are taken, drawn by their numbers.
  void add(double score, bool positive, Index sample);

  // Pairs of a positive and a negative sample: all of them, and those with scores in the right order, equal scores
  // counted half. The area is right/all (Hanley & McNeil 1982). NaN if a score was NaN.
  struct Pairs {
    double right, all;
  };
  Pairs pairs() const;

  // True if add() can have left these numbers, which may come from a damaged file.
  bool valid() const;

 private:
  Index kept() const { return static_cast<Index>(numbers_[0]); }
  double* scores() const { return numbers_ + kScoreHeader; }
  void thinOut();

  double* numbers_;
  Index capacity_;
};

}  // namespace mlp
