"""Gongzhi (共治), the open platform for grass-roots co-governance."""
