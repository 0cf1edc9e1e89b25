// Data augmentation: random changes to rows that are images. In every pass over the data, each image is shifted,
// rotated, scaled, sheared, bent, made noisy and partly erased anew. A changed image of a 7 still shows a 7, so a
// network learns from more images than there are.
//
// P. Y. Simard, D. Steinkraus, J. C. Platt: "Best Practices for Convolutional Neural Networks Applied to Visual
// Document Analysis", ICDAR 2003.
#pragma once

#include <cstdint>

#include "mlp/random.h"
#include "mlp/samples.h"
#include "mlp/types.h"

namespace mlp {

// Limits of the changes to an image of height × width numbers. Each change is drawn uniformly within its limits.
struct Augmentation {
  double height = 0, width = 0;        // pixels
  double shift = 0;                    // pixels, along each axis, either way
  double rotation = 0;                 // degrees, either way
  double scaleLow = 1, scaleHigh = 1;  // factors, along each axis its own
  double shear = 0;                    // degrees, either way, below 90
  double elasticAlpha = 0;             // strength, in pixels before smoothing
  double elasticSigma = 4;             // smoothness: deviation of the Gaussian, in pixels
  double noise = 0;                    // standard deviation of the number added to each pixel
  double erasingProbability = 0;       // that a rectangle is erased
  double erasingSize = 0;              // longest side of the rectangle, in pixels; the shortest is 1
  double fill = 0;                     // value of pixels that come from outside of the image or are erased
};

// A map from the new image back to the old one: the new pixel in column x, row y takes the value that the old image has
// in column xx·x + xy·y + x0, row yx·x + yy·y + y0.
struct Affine {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;
};

// A way to place an image: it is scaled, then sheared by `shear` columns a row, then turned clockwise (y points down),
// all about its middle, then shifted.
struct Placement {
  double shiftX = 0, shiftY = 0;
  std::uint32_t turn = 0;  // in 2⁻³² full circles
  double scaleX = 1, scaleY = 1;
  double shear = 0;
};

// The map that undoes a placement.
Affine inverseOf(const Placement& placement, Index height, Index width);

class Augmenter {
 public:
  explicit Augmenter(const Augmentation& options);

  // Bytes that an augmenter with these options allocates.
  static Size bytes(const Augmentation& options);

  // Changes x in place: selection.rows × height·width, the selected samples. The draws for a row depend only on the
  // seed, the pass and the row's number in the pass; the first of the samples has number `firstRow`.
  void apply(std::uint64_t seed, std::uint32_t pass, const Selection& selection, Scalar* x, std::uint32_t firstRow = 0);

  // True if every pixel gets a random number of its own added.
  bool noisy() const { return options_.noise > 0; }

  // The steps of apply() for one image, public because tests check each. `scratch`: scratchSize_ numbers for this call
  // alone.

  Placement draw(Random& random) const;
  // Displacements along one axis, height × displacementStride(), in pixels.
  void drawDisplacements(Random& random, Scalar* scratch, Scalar* displacements) const;
  Index displacementStride() const { return stride_; }
  // Bilinear interpolation at the places that the affine map leads to, moved by the displacements (null: not moved).
  void warp(const Affine& from, const Scalar* displacementsX, const Scalar* displacementsY, Scalar* scratch,
            Scalar* image) const;

 private:
  void augment(Random& random, Scalar* scratch, Scalar* image) const;

  Augmentation options_;
  Index height_, width_;
  Index stride_;      // from one row of displacements to the next
  Index radius_ = 0;  // of the Gaussian
  Vector taps_;       // 2·radius + 1 weights of the Gaussian
  bool moves_;        // pixels change their places
  Index scratchSize_;
  Vector scratch_;  // scratchSize_ numbers for each thread
};

}  // namespace mlp
