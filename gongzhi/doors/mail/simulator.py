"""A mail server, as a program of its own: residents' letters wait in a mailbox, answers arrive.

    python -m gongzhi.doors.mail.simulator --port 9018 --imap 9019 --smtp 9020

It speaks as much IMAP (RFC 3501, MOVE of RFC 6851) and SMTP (RFC 5321) as mail programs need to
empty one mailbox and to hand over letters; it shares no code with the product. At `/` a person can
write a letter and read what came back. The tests of the mail door use a real server as well.
"""

import argparse
import json
import re
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid
from http.server import ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

from gongzhi.doors.playing import Player, form, page, table, typed

MOST = 40 * 1024 * 1024  # bytes of a letter


class House:
    """The mailbox with its folders, and the letters that residents got."""

    def __init__(self, address: str, password: str, place: str) -> None:
        self.address, self.password, self.place, self.mood = address, password, place, "well"
        self.lock = threading.RLock()
        self.folders: dict[str, dict[int, bytes]] = {"INBOX": {}}
        self.next_uid = 1
        self.arrived: list[bytes] = []

    def write(self, said: dict[str, str]) -> int:
        """A resident's letter arrives in the inbox; its uid."""
        letter = EmailMessage(policy=policy.SMTP)
        sender = said.get("from") or "chen.fang@mail.example.com"
        letter["From"] = formataddr((said.get("name") or "陈芳", sender))
        letter["To"] = self.address
        letter["Subject"] = said.get("subject") or "小区的事"
        letter["Date"] = formatdate(localtime=True)
        letter["Message-ID"] = make_msgid(domain="mail.example.com")
        letter.set_content(said.get("text") or "（没有内容）", cte="base64")
        with self.lock:
            uid, self.next_uid = self.next_uid, self.next_uid + 1
            self.folders["INBOX"][uid] = letter.as_bytes()
        return uid

    def move(self, uids: list[int], folder: str) -> list[int]:
        """Put letters into a folder; the numbers in the inbox that became free, highest first."""
        with self.lock:
            inbox = self.folders["INBOX"]
            order = sorted(inbox)
            gone = [uid for uid in uids if uid in inbox]
            for uid in gone:
                self.folders.setdefault(folder, {})[uid] = inbox.pop(uid)
            return sorted((order.index(uid) + 1 for uid in gone), reverse=True)

    def letters(self) -> list[dict[str, str]]:
        """What residents got, the latest first."""
        read = [message_from_bytes(raw, policy=policy.default) for raw in reversed(self.arrived)]
        return [
            {
                "to": str(one["To"]),
                "subject": str(one["Subject"]),
                "text": str(one.get_content()) if isinstance(one, EmailMessage) else "",
            }
            for one in read
        ]


class Line(StreamRequestHandler):
    """One connection, line by line."""

    house: House

    def line(self) -> str | None:
        """The next line; None when the other side hung up."""
        raw = self.rfile.readline(65536)
        return raw.decode("utf-8", "replace").rstrip("\r\n") if raw else None

    def say(self, *lines: str) -> None:
        """Send lines."""
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class Imap(Line):
    """A mail program empties the mailbox."""

    def handle(self) -> None:
        """Until it says goodbye."""
        if self.house.mood == "down":
            self.say("* BYE maintenance")
            return
        self.say("* OK ready")
        while (line := self.line()) is not None:
            tag, _space, rest = line.partition(" ")
            words = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', rest)
            command = " ".join(words[:2]) if words[:1] == ["UID"] else (words or [""])[0].upper()
            answer = getattr(self, "do_" + command.lower().replace(" ", "_"), None)
            if answer is None:
                self.say(f"{tag} BAD unknown command")
            else:
                self.say(f"{tag} {answer([word.strip(chr(34)) for word in words], rest)}")
            if command == "LOGOUT":
                return

    def do_capability(self, _words: list[str], _rest: str) -> str:
        """What it can do."""
        self.say("* CAPABILITY IMAP4rev1 MOVE")
        return "OK done"

    def do_login(self, words: list[str], _rest: str) -> str:
        """Only with the password."""
        right = words[1:3] == [self.house.address, self.house.password]
        return "OK welcome" if right else "NO wrong password"

    def do_create(self, words: list[str], _rest: str) -> str:
        """A folder, once."""
        with self.house.lock:
            if words[1] in self.house.folders:
                return "NO it exists"
            self.house.folders[words[1]] = {}
        return "OK done"

    def do_select(self, _words: list[str], _rest: str) -> str:
        """The inbox is the only one that is looked into."""
        self.say(f"* {len(self.house.folders['INBOX'])} EXISTS", "* OK [UIDVALIDITY 1] valid")
        return "OK [READ-WRITE] selected"

    def do_uid_search(self, _words: list[str], _rest: str) -> str:
        """Everything in the inbox."""
        self.say("* SEARCH " + " ".join(map(str, sorted(self.house.folders["INBOX"]))))
        return "OK done"

    def do_uid_fetch(self, words: list[str], rest: str) -> str:
        """Sizes, whole letters or their beginnings."""
        with self.house.lock:
            inbox = dict(self.house.folders["INBOX"])
        wanted = sorted(inbox) if "*" in words[2] else [int(uid) for uid in words[2].split(",")]
        part = re.search(r"BODY\.PEEK\[\](?:<0\.(\d+)>)?", rest)
        for number, uid in enumerate(sorted(inbox), start=1):
            if uid not in wanted:
                continue
            raw = inbox[uid]
            if part is None:
                self.say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(raw)})")
                continue
            sent = raw[: int(part[1])] if part[1] else raw
            self.wfile.write(b"* %d FETCH (UID %d BODY[] {%d}\r\n" % (number, uid, len(sent)))
            self.wfile.write(sent + b")\r\n")
        return "OK done"

    def do_uid_move(self, words: list[str], _rest: str) -> str:
        """From the inbox into a folder."""
        for number in self.house.move([int(uid) for uid in words[2].split(",")], words[3]):
            self.say(f"* {number} EXPUNGE")
        return "OK done"

    def do_logout(self, _words: list[str], _rest: str) -> str:
        """Goodbye."""
        self.say("* BYE")
        return "OK done"


class Smtp(Line):
    """A mail program hands over letters."""

    def handle(self) -> None:
        """Until it says goodbye."""
        if self.house.mood == "down":
            self.say("421 maintenance")
            return
        self.say("220 ready")
        while (line := self.line()) is not None:
            command = line[:4].upper()
            if command == "EHLO":
                self.say("250-mail.example.com", "250 SMTPUTF8")
            elif command == "DATA":
                self.say("354 go on")
                self.take()
            elif command == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 OK")

    def take(self) -> None:
        """The letter, up to a line with a dot alone."""
        raw = b""
        while (line := self.rfile.readline(MOST)) not in (b".\r\n", b""):
            raw += line[1:] if line.startswith(b"..") else line
        with self.house.lock:
            self.house.arrived.append(raw)
        self.say("250 OK")


class Counter(Player):
    """A person who plays residents and the post."""

    house: House

    def get(self) -> None:
        """Folders and letters: as JSON, or to look at."""
        house = self.house
        if self.path == "/control/letters":
            self.say(house.letters())
        elif self.path == "/control/folders":
            self.say({name: len(inside) for name, inside in house.folders.items()})
        else:
            self.show(_page(house))

    def post(self, body: bytes) -> None:
        """`/control/write`, `/control/mood`; the form of the page under /play/."""
        path = urlsplit(self.path).path
        if path.startswith("/play/"):
            self.house.write(typed(body))
            self.lead("/")
            return
        said = json.loads(body or b"{}")
        if path == "/control/mood":
            self.house.mood = said["mood"]
        self.say(self.house.write(said) if path.endswith("write") else {})


def _page(house: House) -> bytes:
    fields = [
        ("name", "姓名", "陈芳"), ("from", "邮箱", "chen.fang@mail.example.com"),
        ("subject", "标题", "路灯坏了"), ("text", "内容", f"{house.place}的路灯三盏都不亮。"),
    ]  # fmt: skip
    waiting = len(house.folders["INBOX"])
    about = f"收件箱里还有 {waiting} 封没有取走" if waiting else "写给区长信箱的信都已取走"
    got = [(one["to"], one["subject"], one["text"]) for one in house.letters()]
    lying = [(name, len(inside)) for name, inside in house.folders.items()]
    return page(
        "电子信箱模拟器", about, form("/play/write", "寄给区长信箱", fields),
        table("居民收到的回信", ["收信人", "标题", "内容"], got),
        table("信箱里的文件夹", ["文件夹", "封数"], lying),
    )  # fmt: skip


class Server(ThreadingTCPServer):
    """Ends with the program, and can start again at once on the same port."""

    daemon_threads = True
    allow_reuse_address = True


def main() -> None:
    """Listen until stopped; the first lines printed are the ports: page, IMAP, SMTP."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--port", type=int, default=9018)
    parser.add_argument("--imap", type=int, default=9019)
    parser.add_argument("--smtp", type=int, default=9020)
    parser.add_argument("--address", default="quzhang@wanghu.example.cn", help="of the mailbox")
    parser.add_argument("--password", default="demo-mailbox")
    parser.add_argument("--place", default="望湖花园东门", help="an address to begin with")
    asked = parser.parse_args()
    Line.house = Counter.house = House(asked.address, asked.password, asked.place)
    pages = ThreadingHTTPServer(("127.0.0.1", asked.port), Counter)
    imap, smtp = Server(("127.0.0.1", asked.imap), Imap), Server(("127.0.0.1", asked.smtp), Smtp)
    for server in (imap, smtp):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    for address in (pages.server_address, imap.server_address, smtp.server_address):
        print(address[1], flush=True)
    pages.serve_forever()


if __name__ == "__main__":
    main()
