"""What the advice reads: the rows of every domain as arms, and the profile of each domain."""
