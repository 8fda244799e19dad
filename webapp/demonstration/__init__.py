"""A made-up city, its officials and their dossiers, drawn as scans (演示数据). Every name, number and event is invented."""
