/// Lets one at a time through to each sheet: two passes over one sheet would read past each other.
actor Turnstile {
  private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

  func enter(_ key: String) async {
    guard waiting[key] != nil else {
      waiting[key] = []
      return
    }
    await withCheckedContinuation { waiting[key, default: []].append($0) }
  }

  func leave(_ key: String) {
    guard let next = waiting[key]?.first else {
      waiting[key] = nil
      return
    }
    waiting[key]?.removeFirst()
    next.resume()
  }
}
