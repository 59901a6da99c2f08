"""Does learning several tasks together help?"""
