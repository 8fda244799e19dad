"""How wide pages are shown (px): in a list, on a phone, and when a reader zooms in."""

THUMBNAIL_PX, READING_PX, ZOOMED_PX = 240, 1080, 2160
