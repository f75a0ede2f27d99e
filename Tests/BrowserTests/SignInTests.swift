import Testing

/// What only a browser can show: one server and one Chromium a scene, one scene at a time.
@Suite(.serialized, .enabled(if: BrowserProgram.isThere)) enum BrowserTests {}

extension BrowserTests {
  @Suite struct SignIn {
    @Test("the first visitor becomes the owner, and each role sees its own rooms")
    func roles() async throws {
      try await BrowserStage.play { stage in try await stage.scene("sign_in") }
    }
  }
}
