# -*- coding: evil -*-
print("safe")
