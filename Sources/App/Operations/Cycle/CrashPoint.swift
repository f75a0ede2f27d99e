import Kit
import Ledger
import Orders

/// Named places between two steps of the cycle where a fault test ends the process as a power cut
/// would. Costs one comparison where no test asks.
public enum CrashPoint {
  /// Every place there is: the crash test dies once at each and fails when one is never reached.
  public static let places: [String] = Deed.allCases.flatMap { deed -> [String] in
    let kind = deed.rawValue
    var states = ["sending", "unknown"]
    // A purchase is read back when it was sent more than once.
    if [
      .acceptOrder, .refuseOrder, .cancelOrder, .buyLabel, .markShipped, .updateOffer, .sendMessage,
    ].contains(deed) {
      states.insert("verifying", at: 1)
    }
    let around = states.flatMap { state in
      ["after-claim", "before-commit", "after-commit"].map { "\($0):\(kind):\(state)" }
    }
    return around
      + (deed == .fetchLabel
        ? ["before-store:\(kind)", "after-store:\(kind)"]
        : ["before-send:\(kind)", "after-send:\(kind)"])
  }

  /// Those of what follows a booking; a test of its own visits them.
  public static let tailPlaces: [String] =
    BookingEffect.allCases.flatMap { effect in
      ["after-claim", "before-send", "before-commit", "after-commit"].map {
        "\($0):\(effect.rawValue)"
      }
    }
    + ["before-append", "after-append", "before-update", "after-update"].map { "\($0):sync_sheet" }

  private static let wanted = Host.environment["QUAYSIDE_CRASH_AT"]

  public static func pass(_ place: @autoclosure () -> String) {
    guard let wanted, place() == wanted else { return }
    Host.cutPower()
  }
}
