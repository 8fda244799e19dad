"""A made-up city whose officials' dossiers are drawn as scans (演示数据). Every name, number and event is invented."""
