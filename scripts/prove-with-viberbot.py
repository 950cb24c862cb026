#!/usr/bin/env python3
"""Talks to the simulated Viber with viberbot, Viber's own client library, and says what does not fit.

Usage: eralink sandbox messenger viber -o json   (in another terminal)
       pip install viberbot; prove-with-viberbot.py URL TOKEN
Not a part of the tests: they need nothing from outside."""

import json
import queue
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import viberbot.api.api as api_module

URL, TOKEN = sys.argv[1].rstrip("/"), sys.argv[2]
api_module.VIBER_BOT_API_URL = URL + "/pa"

from viberbot import Api, BotConfiguration
from viberbot.api.messages import (
    ContactMessage, FileMessage, KeyboardMessage, LocationMessage, PictureMessage, RichMediaMessage, StickerMessage,
    TextMessage, URLMessage, VideoMessage)
from viberbot.api.messages.data_types.contact import Contact
from viberbot.api.messages.data_types.location import Location
from viberbot.api.viber_requests import (
    ViberConversationStartedRequest, ViberDeliveredRequest, ViberFailedRequest, ViberMessageRequest, ViberSeenRequest,
    ViberSubscribedRequest, ViberUnsubscribedRequest)

problems = []
api = Api(BotConfiguration(name="Desk", avatar="https://media.example/a.jpg", auth_token=TOKEN))
came = queue.Queue()


def check(label, condition, detail=""):
    print(("ok   " if condition else "FAIL ") + label + (f": {detail}" if not condition else ""))
    if not condition:
        problems.append(label)


def control(verb, **members):
    request = urllib.request.Request(f"{URL}/control/{verb}", json.dumps(members).encode())
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise RuntimeError(error.read().decode()) from error


def refused(label, work, status):
    try:
        work()
        check(label, False, "it was taken")
    except Exception as error:  # viberbot raises nothing finer
        check(label, f"status: {status}" in str(error), error)


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = api.verify_signature(body, self.headers.get("X-Viber-Content-Signature"))
        self.send_response(200 if signed else 403)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if not signed:
            problems.append("signature")
        elif json.loads(body)["event"] != "webhook":
            came.put(api.parse_request(body))

    def do_GET(self):
        data = b"%PDF-1.4"
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg" if self.path.endswith(".jpg") else "application/pdf")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def event(kind):
    while True:
        got = came.get(timeout=30)
        if isinstance(got, kind):
            return got


server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=server.serve_forever, daemon=True).start()
hook = f"http://127.0.0.1:{server.server_port}"

events = api.set_webhook(hook + "/hook", ["delivered", "seen", "failed", "conversation_started"])
check("set_webhook", {"delivered", "seen", "failed", "message"} <= set(events), events)
check("get_account_info", api.get_account_info()["webhook"] == hook + "/hook")

user = control("createUser", name="Ольга", avatar="https://media.example/o.jpg")["id"]
refused("who is no subscriber", lambda: api.send_messages(user, [TextMessage(text="a")]), 6)
control("openChat", user=user, context="site")
started = event(ViberConversationStartedRequest)
check("conversation_started", started.user.id == user and started.context == "site" and not started.subscribed)
control("subscribe", user=user)
check("subscribed", event(ViberSubscribedRequest).user.id == user)

control("write", user=user, text="Здравствуйте 👩‍👩‍👧")
said = event(ViberMessageRequest)
check("text", said.message.text == "Здравствуйте 👩‍👩‍👧" and said.sender.id == user, said)
for label, message, test in [
    ("picture", {"type": "picture", "media": hook + "/a.jpg", "text": "x"}, lambda m: m.media == hook + "/a.jpg"),
    ("video", {"type": "video", "media": hook + "/a.mp4", "size": 5}, lambda m: m.size == 5),
    ("file", {"type": "file", "media": hook + "/a.pdf", "size": 8, "file_name": "a.pdf"}, lambda m: m.size == 8),
    ("contact", {"type": "contact", "contact": {"name": "x", "phone_number": "7999"}},
     lambda m: m.contact.phone_number == "7999"),
    ("location", {"type": "location", "location": {"lat": 55.5, "lon": 37.5}}, lambda m: m.location.latitude == 55.5),
    ("sticker", {"type": "sticker", "sticker_id": 40133}, lambda m: m.sticker_id == 40133),
    ("url", {"type": "url", "media": "https://x.example"}, lambda m: m.media == "https://x.example"),
]:
    control("write", user=user, message=message)
    got = event(ViberMessageRequest).message
    check(f"incoming {label}", test(got), got)

buttons = {"Type": "keyboard", "Buttons": [
    {"Columns": 3, "Rows": 1, "ActionType": "reply", "ActionBody": "yes", "Text": "Да"},
    {"Columns": 3, "Rows": 1, "ActionType": "share-phone", "ActionBody": "phone", "Text": "Телефон"}]}
card = {"Type": "rich_media", "ButtonsGroupColumns": 6, "ButtonsGroupRows": 2, "BgColor": "#FFFFFF", "Buttons": [
    {"Columns": 6, "Rows": 1, "ActionType": "none", "ActionBody": "none", "Text": "<b>Заказ</b>"},
    {"Columns": 6, "Rows": 1, "ActionType": "open-url", "ActionBody": "https://x.example", "Text": "Открыть"}]}
outgoing = [
    TextMessage(text="Добрый день"), TextMessage(text="?", keyboard=buttons, min_api_version=3, tracking_data="t"),
    PictureMessage(media=hook + "/p.jpg", text="Вот", thumbnail=hook + "/p.jpg"),
    VideoMessage(media="https://x.example/v.mp4", size=5), FileMessage(media=hook + "/a.pdf", size=8, file_name="a.pdf"),
    ContactMessage(contact=Contact(name="x", phone_number="+79990000000")),
    LocationMessage(location=Location(lat=55.5, lon=37.5)), StickerMessage(sticker_id=40133),
    URLMessage(media="https://x.example"), RichMediaMessage(rich_media=card, min_api_version=7, alt_text="x"),
    KeyboardMessage(keyboard=buttons, min_api_version=3, tracking_data="t"),
]
for message in outgoing:
    token = api.send_messages(user, [message])[0]
    check(f"outgoing {type(message).__name__}", token > 2**53, token)
    got = event(ViberDeliveredRequest)
    check("  delivered", got.message_token == token and got.user_id == user, got)
check("sent", len(control("sent", user=user)) == len(outgoing))

control("press", user=user, text="Да")
got = event(ViberMessageRequest).message
check("a press is a text", got.text == "yes" and got.tracking_data == "t", got)
control("press", user=user, text="Телефон")
check("share-phone is a contact", event(ViberMessageRequest).message.contact.phone_number == "79991234567")
control("see", user=user)
check("seen", event(ViberSeenRequest).user_id == user)
token = api.send_messages(user, [TextMessage(text="a")])[0]
control("fail", user=user, message_token=token, desc="too high")
failed = event(ViberFailedRequest)
while failed.desc != "too high":  # the video's address leads nowhere
    failed = event(ViberFailedRequest)
check("failed", failed.meesage_token == token if hasattr(failed, "meesage_token") else failed.message_token == token)
check("get_user_details", api.get_user_details(user)["name"] == "Ольга")
check("get_online", api.get_online([user])[0]["online_status"] == 0)

refused("a keyboard without Type",
        lambda: api.send_messages(user, [TextMessage(text="a", keyboard={"Buttons": buttons["Buttons"]})]), 3)
refused("share-phone without min_api_version",
        lambda: api.send_messages(user, [TextMessage(text="a", keyboard=buttons)]), 3)
refused("a picture without an extension", lambda: api.send_messages(user, [PictureMessage(media=hook + "/p")]), 3)
refused("a text that is too long", lambda: api.send_messages(user, [TextMessage(text="a" * 7001)]), 3)
control("unsubscribe", user=user)
check("unsubscribed", event(ViberUnsubscribedRequest).user_id == user)
refused("who has left", lambda: api.send_messages(user, [TextMessage(text="a")]), 6)
api.unset_webhook()
refused("without a webhook", lambda: api.send_messages(user, [TextMessage(text="a")]), 10)

print(f"{len(problems)} problems")
sys.exit(1 if problems else 0)
