-- One row per channel and owner: from a day on (since) and up to a day no longer (until, null: still).
from given_channel_owner order by channel, since
