"""The worker (识别进程): opens files, reads pages, and hands both to the archive's services."""

import os

# From 1.29 on ONNX Runtime reports to its maker unless told not to before it is loaded. Nothing here reports.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
