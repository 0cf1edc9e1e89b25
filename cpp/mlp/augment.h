// Random changes to rows that are images: shift, rotation, scale, shear, elastic deformation, noise, erasing; another
// one of each for every row and pass. The rows stay what they are of, so that a network sees more of it.
//
// P. Y. Simard, D. Steinkraus, J. C. Platt: "Best Practices for Convolutional Neural Networks Applied to Visual
// Document Analysis", ICDAR 2003.
#pragma once

#include <cstdint>

#include "mlp/random.h"
#include "mlp/samples.h"
#include "mlp/types.h"

namespace mlp {

// What may be done to an image of height × width numbers. All are doubles, so that TypeScript can write them one after
// the other: as AUGMENTATION in web/src/augment.ts. What is drawn is uniform within its limits.
struct Augmentation {
  double height = 0, width = 0;            // pixels
  double shift = 0;                        // pixels, along each axis, either way
  double rotation = 0;                     // degrees, either way
  double scaleLow = 1, scaleHigh = 1;      // factors, along each axis its own
  double shear = 0;                        // degrees, either way, below 90
  double elasticAlpha = 0;                 // how strong, in pixels before smoothing
  double elasticSigma = 4;                 // how smooth: deviation of the Gaussian, in pixels
  double noise = 0;                        // standard deviation of what is added to each pixel
  double erasingProbability = 0;           // of a rectangle,
  double erasingSize = 0;                  // whose sides are 1 … this many pixels
  double fill = 0;                         // what comes from outside of the image, and is left where it is erased
  double firstRow = 0;                     // number of the samples' first row within the pass
};

// Where the new image has its numbers from: its pixel in column x, row y is what the old one has in column
// xx·x + xy·y + x0, row yx·x + yy·y + y0.
struct Affine {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;
};

// A way to put an image: scaled, then sheared by `shear` columns a row, then turned clockwise (y points down), all
// about the middle of the image, then shifted.
struct Placement {
  double shiftX = 0, shiftY = 0;
  std::uint32_t turn = 0;  // in 2⁻³² full circles
  double scaleX = 1, scaleY = 1;
  double shear = 0;
};

// The inverse of what a placement does.
Affine inverseOf(const Placement& placement, Index height, Index width);

class Augmenter {
 public:
  explicit Augmenter(const Augmentation& options);

  // Changes the rows of x, selection.rows × height·width, which are those that were selected. The draws of each are a
  // function of the seed, the pass and its number within the pass.
  void apply(std::uint64_t seed, std::uint32_t pass, const Selection& selection, Scalar* x);

  // Whether pixels that were alike become different.
  bool noisy() const { return options_.noise > 0; }

  // The parts of it, for one image. Scratch is scratchSize_ numbers that only whoever made it may write to.

  Placement draw(Random& random) const;
  // Displacements along one axis, height × displacementStride(), in pixels.
  void drawDisplacements(Random& random, Scalar* scratch, Scalar* displacements) const;
  Index displacementStride() const { return stride_; }
  // Bilinear interpolation; displacements are added to where the affine map leads, null for none.
  void warp(const Affine& from, const Scalar* displacementsX, const Scalar* displacementsY, Scalar* scratch,
            Scalar* image) const;

 private:
  void augment(Random& random, Scalar* scratch, Scalar* image) const;

  Augmentation options_;
  Index height_, width_;
  Index stride_;      // of rows of displacements
  Index radius_ = 0;  // of the Gaussian
  Vector taps_;       // 2·radius + 1 weights of the Gaussian
  bool moves_;        // whether pixels change their places
  Index scratchSize_;
  Vector scratch_;  // of each thread
};

}  // namespace mlp
