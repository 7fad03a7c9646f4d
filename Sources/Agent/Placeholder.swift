internal import Addressing
