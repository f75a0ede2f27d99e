"""A template fills an empty answer, and never replaces what somebody wrote."""

from house import House

with House() as house:
    page = house.visit("ola")
    page.goto(house.url + "/inbox?view=all&q=keyboards")
    page.locator(".thread > a").first.click()
    page.wait_for_url("**/inbox/*")
    body = page.get_by_label("Your answer")
    template = page.get_by_label("Template")
    language = page.get_by_label("Language")

    # Nothing was written: filled in, and as long as it is untouched, in the other language.
    language.select_option("en")
    template.select_option("First answer")
    page.get_by_text("Filled in.").wait_for()
    assert "thank you for your message" in body.input_value()
    language.select_option("fr")
    page.wait_for_function("() => document.getElementById('body').value.includes('merci de votre')")
    assert "thank you" not in body.input_value()

    # Somebody changed it: it stays, in its field and in the browser.
    body.press("Control+End")
    page.keyboard.type(" Robin a raison.")
    edited = body.input_value()
    language.select_option("en")
    page.get_by_text("What you wrote stays").wait_for()
    assert body.input_value() == edited
    page.reload()
    assert body.input_value() == edited

    # Another template comes in at the cursor.
    body.fill("Before.\n\nAfter.")
    body.focus()
    page.evaluate("document.getElementById('body').setSelectionRange(7, 7)")
    language.select_option("en")
    template.select_option("First answer")
    page.get_by_text("Put in beside what you wrote").wait_for()
    whole = body.input_value()
    assert whole.startswith("Before.\n\nHello "), whole
    assert whole.endswith("\n\nAfter."), whole
    # What is kept is what is shown.
    page.reload()
    assert body.input_value() == whole
