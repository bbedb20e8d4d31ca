"""Where things lie on the card. The build and the boot both read it here; changing it loses people's data."""

SECTOR = 512
MIB = 1024 * 1024

DISK_ID = 0x50434254
BOOT_LABEL = "bootfs"
DATA_LABEL = "PICHATDATA"

# In sectors. The image ends where the root ends; the data begins at a fixed place beyond it, so that writing
# a new image over a used card leaves the data where it was.
DATA_START = 4096 * MIB // SECTOR
DATA_TAIL = 8 * MIB // SECTOR  # some programs that write cards blank the last MiB
DATA_LEAST = 64 * MIB // SECTOR

BOOT_NUMBER, ROOT_NUMBER, DATA_NUMBER = 1, 2, 3

# The account that the service runs as: the same on every image, for it owns the data.
USER = "pichat"
USER_ID = 900
