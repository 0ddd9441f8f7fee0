"""Money, as who prepares it, who approves it, the bank and who stands at the window take their parts in it."""

import re
from xml.etree import ElementTree

from .browser import Walker
from .cast import Cast, press, send

PROGRAMME = "emergency-aid"
OTHERS = ["", "sami", "elena", "mihai", "radu", "livia", "petra", "beniamin"]  # who may not see payments
WRONG, RIGHT = "RO{}VATR1234567890123456", "RO{}VATR6543210987654321"


def iban(pattern: str) -> str:
    """With its two check digits (ISO 7064, mod 97-10)."""
    turned = (pattern.format("00"))[4:] + pattern.format("00")[:4]
    left = int("".join(str(int(char, 36)) for char in turned)) % 97
    return pattern.format(f"{98 - left:02}")


def account(walker: Walker, household: str, pattern: str) -> None:
    """On the household's page: whom to pay, to which account; it is shown masked from then on."""
    walker.go(f"/desk/household/{household}/")
    walker.page.locator(
        f"a[href$='/household/{household}/account/']"
    ).wait_for()  # that part of the page comes by itself
    press(walker, f"a[href$='/household/{household}/account/']")
    send(walker, iban=iban(pattern))
    walker.go(f"/desk/household/{household}/money/")
    assert iban(pattern) not in walker.page.content() and iban(pattern)[-4:] in walker.text()


def worked(walker: Walker) -> Walker:
    """The worker is at it; the page comes again by itself when it is done."""
    walker.page.locator("#progress").wait_for(state="detached", timeout=60_000)
    return walker.look()


def step(walker: Walker, cycle: str, name: str) -> None:
    walker.go(cycle)
    press(walker, f"form[action$='/step/{name}/'] button.btn")


def pay(cast: Cast, household: str, name: str) -> str:
    """A cycle is ordered, checked, approved by a second person for whom the money is there, and written as a file."""
    officer, holder = cast["carmen"], cast["horia"]
    budget(holder)
    order(officer)
    cycle = officer.page.url.removeprefix(cast.town.address.rstrip("/"))
    worked(officer)
    cast.closed(OTHERS, cycle, cycle + "checks/", cycle + "payments/", "/desk/budget/")
    press(officer, "a[href$='/checks/'].btn")
    officer.shows(name)
    press(officer, "form[action$='/step/check/'] button.btn")
    officer.go(cycle)
    assert officer.page.locator("form[action$='/step/approve/']").count() == 0, "nobody approves what they prepared"
    step(holder, cycle, "approve")
    written = export(officer, cycle)
    answered(officer, written, refused=name)
    officer.go("/desk/payments/returned/")
    return officer.page.locator("main a[href*='/desk/payments/']", has_text=name).first.get_attribute("href") or ""


def order(officer: Walker) -> None:
    """A cycle of this month; where one is in preparation already, it looks again at what is due."""
    page = officer.go("/desk/payments/").page
    page.locator("main [name=programme]").select_option(PROGRAMME)
    title = page.locator("main [name=programme] option:checked").inner_text()
    with page.expect_navigation():
        page.locator("main form button.btn-lead").first.click()
    if page.locator("main .errors").count():
        officer.console.clear()  # the page said so with status 422
        press(officer, page.locator("tbody tr", has_text=title).first.locator("a").first)
        press(officer, "form[action$='/step/refresh/'] button.btn")


def budget(holder: Walker) -> None:
    """The council's act: without it nothing can be approved."""
    holder.go("/desk/budget/")
    press(holder, holder.page.locator("main a[href*='/desk/budget/']").first)
    send(holder, act=f"HCL 12/2026 ({holder.language})", amount="60000")  # an act is entered once


def export(officer: Walker, cycle: str) -> list[tuple[str, str, str]]:
    """The file for the bank: (reference, name, amount) of each payment, and its own number."""
    step(officer, cycle, "export")
    worked(officer)
    link = officer.page.locator("main a[href*='/desk/files/']").first.get_attribute("href")
    file = officer.page.request.get(officer.town.address.rstrip("/") + str(link))
    assert file.status == 200
    root = ElementTree.fromstring(file.body())
    space = re.match(r"\{(.*)\}", root.tag)[1]  # type: ignore[index]
    assert space.endswith("pain.001.001.09")
    at = {"p": space}
    number = root.findtext(".//p:GrpHdr/p:MsgId", namespaces=at) or ""
    return [
        (
            number, one.findtext("p:PmtId/p:EndToEndId", namespaces=at) or "",
            one.findtext("p:Cdtr/p:Nm", namespaces=at) or "", one.findtext("p:Amt/p:InstdAmt", namespaces=at) or "",
        )
        for one in root.iterfind(".//p:CdtTrfTxInf", at)
    ]  # fmt: skip


def answered(officer: Walker, written: list, *, refused: str = "") -> None:
    """The bank's pain.002: what arrived, and the one whose account is closed."""
    rows = ""
    for _number, reference, name, amount in written:
        status, why = ("RJCT", "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>") if name == refused else ("ACSC", "")
        rows += (
            f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}"
            f'<OrgnlTxRef><Amt><InstdAmt Ccy="RON">{amount}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>'
        )
    number = written[0][0]
    text = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>B{number[-20:]}</MsgId><CreDtTm>2026-11-23T10:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>{number}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts>"
        f"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{number}</OrgnlPmtInfId>{rows}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    )
    officer.go("/desk/payments/answers/")
    file = {"name": "answer.xml", "mimeType": "application/xml", "buffer": text.encode()}
    officer.page.locator("main [name=file]").set_input_files(file)  # type: ignore[arg-type]
    press(officer, "main form button.btn-lead")
    for _ in range(40):  # without scripts: whoever waits looks again
        again = officer.page.locator(
            "main .progress ~ p a, main a[href$='" + officer.page.url.rsplit("/", 2)[1] + "/']"
        )
        if not officer.page.locator("main progress, main .progress").count():
            return
        again.first.click()
        officer.page.wait_for_load_state("load")
    raise AssertionError(officer.text())


def comes_back_and_is_paid(cast: Cast, household: str, name: str, payment: str) -> None:
    """The bank returned it: the window records another account, it is sent again, approved again, and arrives."""
    officer, holder = cast["carmen"], cast["horia"]
    cast.closed(OTHERS, payment)
    account(cast["elena"], household, RIGHT)
    officer.go(payment).shows(name)
    press(officer, "form[action$='/resend/'] button.btn")
    press(officer, ".crumbs a")
    cycle = officer.page.url.removeprefix(cast.town.address.rstrip("/"))
    if officer.page.locator("a[href$='/checks/'].btn").count():
        press(officer, "a[href$='/checks/'].btn")
        press(officer, "form[action$='/step/check/'] button.btn")
    step(holder, cycle, "approve")
    answered(officer, export(officer, cycle))
    step(officer, cycle, "close")
    officer.go(payment)
    press(officer, "aside a[href*='/desk/payments/']")
    assert officer.page.locator(".page-head .pill-yes").count() == 1, officer.text()
    for username in ("ioana", "doina"):
        cast[username].go(f"/desk/household/{household}/money/")
        assert cast[username].page.locator(".pill-yes").count() >= 2
