"""Everything without a mouse: skip link, rooms, search, a hold and its release."""

from house import House


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


def focused(page):
    return page.evaluate("document.activeElement.innerText || document.activeElement.id")


def walk_to(page, wanted, most=60):
    """Tab until what has the focus says this; its focus can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page).strip().startswith(wanted):
            ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert ring != "none", f"no focus ring on {wanted}"
            return
    raise AssertionError(f"no way to “{wanted}” by Tab")


with House() as house:
    page = house.stranger()
    page.goto(house.url + "/sign-in")
    walk_to(page, "name")
    page.keyboard.type("kim")
    press(page, "Tab")
    page.keyboard.type(house.password)
    press(page, "Enter")
    page.get_by_role("heading", name="Overview").wait_for()

    press(page, "Tab")
    assert focused(page) == "Skip to the content"
    press(page, "Enter")
    assert page.evaluate("location.hash") == "#content"

    page.reload()
    walk_to(page, "Orders")
    press(page, "Enter")
    page.get_by_role("heading", name="Orders", exact=True).wait_for()
    page.keyboard.press("/")
    assert focused(page) == "q"
    page.keyboard.type("W1001")
    press(page, "Enter")
    page.get_by_role("link", name="W1001-A").wait_for()
    walk_to(page, "W1001-A")
    press(page, "Enter")
    page.get_by_role("heading", name="W1001-A").wait_for()

    walk_to(page, "Hold")
    press(page, "Enter")
    press(page, "Tab")
    page.keyboard.type("The customer wrote <b>stop</b>")
    press(page, "Enter")
    page.get_by_role("status").wait_for()
    assert "Held" in page.get_by_role("status").inner_text()
    assert "The customer wrote <b>stop</b>" in page.get_by_role("note").inner_text()
    house.check(page)

    walk_to(page, "Release")
    press(page, "Enter")
    page.get_by_text("Released:").wait_for()
    story = page.get_by_label("What happened").inner_text()
    assert "Order: hold" in story and "Order: release" in story and "kim" in story
    house.check(page)
