"""One folder or file a platform; none knows another, each knows bot.ports and classroom only."""
