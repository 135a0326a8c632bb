"""Peewee: the connection, the models, the migrations."""
