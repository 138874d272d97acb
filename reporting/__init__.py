"""What the office is like: the manager's home, key figures and the rows behind them."""
