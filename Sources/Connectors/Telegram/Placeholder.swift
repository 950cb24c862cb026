// placeholder of Telegram, replaced by the first real file
