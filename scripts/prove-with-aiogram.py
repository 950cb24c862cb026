#!/usr/bin/env python3
"""Talks to the simulated Telegram with aiogram, a client library that people use, and says what does not fit.

Usage: eralink sandbox messenger telegram -o json   (in another terminal)
       pip install aiogram; prove-with-aiogram.py URL TOKEN
Not a part of the tests: they need nothing from outside."""

import asyncio
import json
import struct
import sys
import urllib.parse
import urllib.request
import zlib

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest, TelegramEntityTooLarge, TelegramForbiddenError, TelegramRetryAfter)
from aiogram.types import (
    BufferedInputFile, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaAudio, InputMediaDocument,
    InputMediaPhoto, InputMediaVideo, KeyboardButton, MessageEntity, ReactionTypeEmoji, ReplyKeyboardMarkup,
    ReplyKeyboardRemove, ReplyParameters, Update)

URL, TOKEN = sys.argv[1].rstrip("/"), sys.argv[2]
UPDATES = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]
problems = []


def control(route, files=None, **parameters):
    if files:
        boundary = "proof"
        body = b""
        for key, value in parameters.items():
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, (filename, mime, data) in files.items():
            body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"; filename="{filename}"\r\n'
                     f'Content-Type: {mime}\r\n\r\n').encode() + data + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        request = urllib.request.Request(
            f"{URL}/control/{route}", body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    else:
        request = urllib.request.Request(f"{URL}/control/{route}", urllib.parse.urlencode(parameters).encode())
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["result"]
    except urllib.error.HTTPError as error:
        raise RuntimeError(error.read().decode()) from error


def check(label, condition, detail=""):
    print(("ok   " if condition else "FAIL ") + label + (f": {detail}" if not condition else ""))
    if not condition:
        problems.append(label)


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + b"\xff\0\0" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


WEBP = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"


async def patient(make_request, bot, method):
    """Heeds a 429, as a bot must."""
    while True:
        try:
            return await make_request(bot, method)
        except TelegramRetryAfter as error:
            await asyncio.sleep(error.retry_after)


async def refused(label, kind, text, call):
    try:
        await call
        check(label, False, "was taken")
    except kind as error:
        check(label, text in str(error), str(error))


async def sending(bot, chat):
    photo = BufferedInputFile(png(40, 30), "фото \"1\".png")
    one = await bot.send_photo(chat, photo, caption="Вот <b>😀</b>", caption_entities=[
        MessageEntity(type="italic", offset=0, length=3)])
    check("sendPhoto", bool(one.photo) and one.photo[-1].width == 40 and one.caption.startswith("Вот"))
    check("caption_entities", one.caption_entities[0].type == "italic")
    again = await bot.send_photo(chat, one.photo[-1].file_id, reply_parameters=ReplyParameters(message_id=one.message_id))
    check("sendPhoto by file_id, as a reply", again.reply_to_message.message_id == one.message_id)
    file = await bot.get_file(one.photo[-1].file_id)
    data = await bot.download_file(file.file_path)
    check("getFile and download", data.read() == png(40, 30))
    await refused("a photo id as a document", TelegramBadRequest, "can't use file of type Photo as Document",
                  bot.send_document(chat, one.photo[-1].file_id))
    await refused("a wrong id", TelegramBadRequest, "wrong file identifier", bot.send_photo(chat, "AgACnonsense"))
    await refused("too narrow", TelegramBadRequest, "PHOTO_INVALID_DIMENSIONS",
                  bot.send_photo(chat, BufferedInputFile(png(2100, 100), "n.png")))
    await refused("no picture", TelegramBadRequest, "IMAGE_PROCESS_FAILED",
                  bot.send_photo(chat, BufferedInputFile(b"hello", "n.png")))
    await refused("empty", TelegramBadRequest, "file must be non-empty",
                  bot.send_document(chat, BufferedInputFile(b"", "n.txt")))
    await refused("a photo of over 10 MB", TelegramBadRequest, "too big for a photo",
                  bot.send_photo(chat, BufferedInputFile(png(4, 4) + bytes(10 << 20), "n.png")))
    await refused("a caption of 1025", TelegramBadRequest, "message caption is too long",
                  bot.send_photo(chat, photo, caption="x" * 1025))
    await refused("over 50 MB", TelegramEntityTooLarge, "Request Entity Too Large",
                  bot.send_document(chat, BufferedInputFile(bytes((50 << 20) + 1), "n.bin")))
    video = await bot.send_video(chat, BufferedInputFile(b"mp4", "v.mp4"), duration=7, width=64, height=48,
                                 supports_streaming=True)
    check("sendVideo", video.video.duration == 7 and video.video.file_name == "v.mp4")
    animation = await bot.send_animation(chat, BufferedInputFile(b"mp4", "a.mp4"))
    check("sendAnimation", animation.animation is not None and animation.document is not None)
    audio = await bot.send_audio(chat, BufferedInputFile(b"mp3", "a.mp3"), duration=9, performer="x", title="y")
    check("sendAudio", audio.audio.duration == 9)
    voice = await bot.send_voice(chat, BufferedInputFile(b"ogg", "v.ogg"), duration=3)
    check("sendVoice", voice.voice is not None and voice.voice.duration == 3)
    document = await bot.send_document(chat, BufferedInputFile(b"%PDF", "счёт; 1.pdf"), caption="x")
    check("sendDocument", document.document.file_name == "счёт; 1.pdf", document.document.file_name)
    note = await bot.send_video_note(chat, BufferedInputFile(b"mp4", "n.mp4"), length=240, duration=4)
    check("sendVideoNote", note.video_note.length == 240)
    sticker = await bot.send_sticker(chat, BufferedInputFile(WEBP, "s.webp"))
    check("sendSticker", sticker.sticker is not None and not sticker.sticker.is_animated)
    place = await bot.send_location(chat, 55.75, 37.61, live_period=900)
    check("sendLocation", place.location.live_period == 900)
    venue = await bot.send_venue(chat, 1, 2, "Кафе", "Ленина, 1")
    check("sendVenue", venue.venue.title == "Кафе" and venue.location is not None)
    contact = await bot.send_contact(chat, "+79991234567", "Olga")
    check("sendContact", contact.contact.phone_number == "+79991234567")
    album = await bot.send_media_group(chat, [
        InputMediaPhoto(media=photo, caption="обе"), InputMediaVideo(media=video.video.file_id, duration=7),
        InputMediaPhoto(media=one.photo[-1].file_id)])
    check("sendMediaGroup", len(album) == 3 and len({m.media_group_id for m in album}) == 1)
    check("sendMediaGroup's order", album[0].photo is not None and album[1].video is not None)
    await refused("documents among photos", TelegramBadRequest, "can't be mixed",
                  bot.send_media_group(chat, [InputMediaPhoto(media=photo), InputMediaDocument(media=document.document.file_id)]))
    await refused("eleven", TelegramBadRequest, "too many messages to send as an album",
                  bot.send_media_group(chat, [InputMediaPhoto(media=one.photo[-1].file_id)] * 11))
    await bot.send_media_group(chat, [InputMediaAudio(media=audio.audio.file_id)] * 2)
    forwarded = await bot.forward_message(chat, chat, one.message_id)
    check("forwardMessage", forwarded.forward_origin is not None and forwarded.photo is not None)
    copied = await bot.copy_message(chat, chat, one.message_id, caption="other")
    check("copyMessage", copied.message_id == forwarded.message_id + 1)
    await refused("a forward of nothing", TelegramBadRequest, "message to forward not found",
                  bot.forward_message(chat, chat, 999999))
    secret = await bot.send_message(chat, "secret", protect_content=True)
    await refused("a forward of what is protected", TelegramBadRequest, "protected content",
                  bot.forward_message(chat, chat, secret.message_id))
    check("sendChatAction", await bot.send_chat_action(chat, "typing"))
    for markup in [ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="P", request_contact=True), KeyboardButton(text="L", request_location=True)]],
                                       resize_keyboard=True, one_time_keyboard=True, is_persistent=True),
                   ReplyKeyboardRemove(), ForceReply(input_field_placeholder="x")]:
        await bot.send_message(chat, "keyboard", reply_markup=markup)
    check("keyboards", True)
    return one


async def changing(bot, chat, photo):
    buttons = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Да", callback_data="y")]])
    message = await bot.send_message(chat, "Choose", reply_markup=buttons)
    edited = await bot.edit_message_text("Chosen", chat_id=chat, message_id=message.message_id, reply_markup=buttons)
    check("editMessageText", edited.text == "Chosen" and edited.edit_date is not None)
    await refused("the same again", TelegramBadRequest, "message is not modified",
                  bot.edit_message_text("Chosen", chat_id=chat, message_id=message.message_id, reply_markup=buttons))
    caption = await bot.edit_message_caption(chat_id=chat, message_id=photo.message_id, caption="new")
    check("editMessageCaption", caption.caption == "new" and caption.photo is not None)
    gone = await bot.edit_message_caption(chat_id=chat, message_id=photo.message_id)
    check("a caption taken away", gone.caption is None)
    await refused("no text there", TelegramBadRequest, "there is no text in the message to edit",
                  bot.edit_message_text("x", chat_id=chat, message_id=photo.message_id))
    await refused("no caption there", TelegramBadRequest, "there is no caption in the message to edit",
                  bot.edit_message_caption(chat_id=chat, message_id=message.message_id, caption="x"))
    bare = await bot.edit_message_reply_markup(chat_id=chat, message_id=message.message_id)
    check("editMessageReplyMarkup", bare.reply_markup is None)
    await bot.edit_message_reply_markup(chat_id=chat, message_id=message.message_id, reply_markup=buttons)
    check("setMessageReaction", await bot.set_message_reaction(chat, message.message_id, [ReactionTypeEmoji(emoji="👍")]))
    check("deleteMessage", await bot.delete_message(chat, photo.message_id))
    await refused("deleted twice", TelegramBadRequest, "message to delete not found",
                  bot.delete_message(chat, photo.message_id))
    check("deleteMessages", await bot.delete_messages(chat, [photo.message_id, 5]))
    return message


async def receiving(bot, chat, message):
    control("write", customer=chat, text="Привет 👩‍👩‍👧", reply_to=message.message_id, quote="Cho")
    control("write", {"file": ("x.png", "image/png", png(800, 600))}, customer=chat, kind="photo", caption="вот", album="77")
    for kind in ["video", "animation", "audio", "voice", "document", "video_note", "sticker"]:
        control("write", customer=chat, kind=kind, bytes=2000, name="имя.bin", mime="application/x", duration=3)
    control("write", customer=chat, kind="sticker", animated="true")
    control("write", customer=chat, kind="contact", phone="79991234567", user=chat)
    control("write", customer=chat, kind="location", latitude="55.5", longitude="-37.25", live=900)
    control("write", customer=chat, kind="venue", latitude=1, longitude=2, title="Кафе", address="Ленина, 1")
    control("write", customer=chat, text="fwd", forwarded_from="Кто-то")
    control("write", customer=chat, kind="document", bytes=21000000, name="film.mkv")
    query = control("press", customer=chat, message_id=message.message_id, data="y")["callback_query_id"]
    updates = await bot.get_updates(allowed_updates=UPDATES)
    control("react", customer=chat, message_id=message.message_id, emoji="👍,🔥")
    updates = await bot.get_updates(offset=updates[0].update_id, allowed_updates=UPDATES)
    check("updates are whole", all(isinstance(update, Update) for update in updates))
    kinds = [update.message.content_type.value if update.message else update.event_type for update in updates]
    check("kinds of updates", kinds == [
        "text", "photo", "video", "animation", "audio", "voice", "document", "video_note", "sticker", "sticker",
        "contact", "location", "venue", "text", "document", "callback_query", "message_reaction"], kinds)
    messages = [update.message for update in updates if update.message]
    check("a reply and its quote", messages[0].reply_to_message.message_id == message.message_id and messages[0].quote.text == "Cho")
    check("sizes of a photo", [size.width for size in messages[1].photo] == [90, 320, 800] and messages[1].media_group_id == "77")
    check("an own contact", messages[10].contact.user_id == chat)
    check("a live location", messages[11].location.live_period == 900)
    check("a forward", messages[13].forward_origin.type == "hidden_user")
    large = messages[14].document
    check("a size", large.file_size == 21000000)
    await refused("a file of over 20 MiB", TelegramBadRequest, "file is too big", bot.get_file(large.file_id))
    check("a reaction", [r.emoji for r in updates[-1].message_reaction.new_reaction] == ["👍", "🔥"])
    check("answerCallbackQuery", await bot.answer_callback_query(query, text="Готово", show_alert=True))
    await refused("answered twice", TelegramBadRequest, "query is too old", bot.answer_callback_query(query))
    control("setPicture", {"file": ("p.png", "image/png", png(640, 640))}, customer=chat)
    photos = await bot.get_user_profile_photos(chat)
    check("getUserProfilePhotos", photos.total_count == 1 and [s.width for s in photos.photos[0]] == [90, 320, 640])
    file = await bot.get_file(messages[1].photo[0].file_id)
    control("expireFilePaths")
    try:
        await bot.download_file(file.file_path)
        check("an expired path", False, "was served")
    except Exception as error:  # aiohttp's own
        check("an expired path", "404" in str(error), str(error))
    control("block", customer=chat)
    await refused("blocked", TelegramForbiddenError, "bot was blocked by the user", bot.send_message(chat, "x"))


async def main():
    session = AiohttpSession(api=TelegramAPIServer.from_base(URL))
    session.middleware(patient)
    bot = Bot(TOKEN, session=session)
    me = await bot.get_me()
    check("getMe", me.is_bot)
    await bot.get_updates(allowed_updates=UPDATES, timeout=0)
    chat = control("createCustomer", started="true", language_code="ru")["id"]
    control("clearFaults")
    photo = await sending(bot, chat)
    message = await changing(bot, chat, photo)
    await receiving(bot, chat, message)
    expected = {"badRequest", "overRate"}
    odd = [v for v in control("violations") if v["kind"] not in expected]
    check("aiogram breaks no rule of the simulator", not odd, odd)
    await session.close()
    print(f"{len(problems)} problems" if problems else "all fits")
    sys.exit(1 if problems else 0)


asyncio.run(main())
