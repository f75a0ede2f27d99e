public import Packing

/// How the bench is set up.
public struct PackingSettings: Sendable {
  /// How strict it is, by shop.
  public var modes: [String: PackingMode]
  /// CUPS's name of the printer for labels; without one, they are shown as PDF.
  public var printer: String?
  /// The program that hands a file to CUPS.
  public var printProgram: String
  /// Of one print job's handing over.
  public var printDeadline = Duration.seconds(15)

  public init(
    modes: [String: PackingMode] = [:], printer: String? = nil, printProgram: String = "lp"
  ) {
    self.modes = modes
    self.printer = printer
    self.printProgram = printProgram
  }

  public func mode(of shop: String) -> PackingMode { modes[shop] ?? .warn }

  /// A name that CUPS takes and that no program reads as an option.
  public static func isPrinter(_ name: String) -> Bool {
    guard (1...127).contains(name.utf8.count), !name.hasPrefix("-") else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "@"):
        true
      default: false
      }
    }
  }
}
