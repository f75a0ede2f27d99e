/// A parcel's weight and size, in whole grams and millimetres.
public struct Parcel: Sendable, Equatable {
  public var weightGrams: Int
  public var lengthMM: Int
  public var widthMM: Int
  public var heightMM: Int
  public var isMailingTube = false
  public var isUnpackaged = false

  public init(weightGrams: Int, lengthMM: Int, widthMM: Int, heightMM: Int) {
    self.weightGrams = weightGrams
    self.lengthMM = lengthMM
    self.widthMM = widthMM
    self.heightMM = heightMM
  }

  /// The longest first, as the carrier wants them.
  var sides: [Int] { [lengthMM, widthMM, heightMM].sorted(by: >) }
}
