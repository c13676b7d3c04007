"""The roof: what turns handlers into a running bot."""
