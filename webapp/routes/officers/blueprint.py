"""The one blueprint of the feature: endpoints officers.*."""

from flask import Blueprint

bp = Blueprint("officers", __name__)
