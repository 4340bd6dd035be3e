"""A folder for another competition, from what its archive shows.

What is read, in this order: members, sample, images, labels (or pixels), target; facts joins them. What the kit cannot do is
told by refusals; template and read_body write the rest.
"""
