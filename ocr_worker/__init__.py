"""The worker (识别进程): opens files, reads pages, and hands both to the archive's services."""
