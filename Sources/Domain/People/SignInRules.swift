import Kit

/// How often anybody may try, how long a session lasts, and what a name and a password must be.
public struct SignInRules: Sendable {
  /// Failed tries within the window before a name is locked, wherever they came from.
  public var nameTriesMax = 10
  /// The same for an address, whatever names it tried.
  public var addressTriesMax = 30
  public var window = Duration.minutes(15)
  /// Without a page asked for, a session ends.
  public var idle = Duration.hours(8)
  /// However busy, it ends.
  public var life = Duration.hours(72)

  public init() {}

  public static let passwordCharactersMin = 12
  public static let passwordBytesMax = 1_024
  public static let fullNameMax = 80

  /// The name as it is stored; `nil` when it cannot be one.
  public static func name(_ text: String) -> String? {
    let name = text.lowercased()
    let bytes = Array(name.utf8)
    guard (2...60).contains(bytes.count), let first = bytes.first, isLetterOrDigit(first),
      bytes.allSatisfy({ isLetterOrDigit($0) || ".-_@+".utf8.contains($0) })
    else { return nil }
    return name
  }

  /// What is wrong with a new password, in words; `nil` when nothing is. Length is what counts.
  public static func problem(withPassword password: String, name: String) -> String? {
    if password.utf8.count > passwordBytesMax {
      return "A password has at most 1,024 bytes."
    }
    if password.count < passwordCharactersMin {
      return "A password has at least \(passwordCharactersMin) characters; several words are fine."
    }
    if Set(password).count < 5 { return "That password repeats a few characters only." }
    if !name.isEmpty, password.lowercased().contains(name), password.count < name.count + 8 {
      return "That password is little more than the name."
    }
    return nil
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte)
  }
}
