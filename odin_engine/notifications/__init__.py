"""What people should know of without looking: alerts, from what printers report.

It listens to printers' facts and looks at their live state; nobody calls it but its own
routes. What is active goes to the live socket as a topic of its own.
"""
