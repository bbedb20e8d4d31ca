#!/bin/sh
# The root tree of the stand-in: packages by mmdebstrap, then what Raspberry Pi OS leaves for its first boot.
#   root.sh <folder to make> <packages.txt> <Debian archive>
# The slow part is update-initramfs under emulation: it is put aside while packages are installed, and run once.
set -eu
root=$1
packages=$(grep -v '^#' "$2" | paste -sd,)
mirror=$3

mmdebstrap --mode=root --architectures=arm64 --variant=apt --components=main \
    --aptopt='Apt::Install-Recommends "false"' \
    --aptopt='Acquire::Retries "3"' --aptopt='Acquire::http::Timeout "60"' \
    --dpkgopt='force-unsafe-io' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' \
    --essential-hook='chroot "$1" dpkg-divert --local --rename --add /usr/sbin/update-initramfs >/dev/null' \
    --essential-hook='ln -s /bin/true "$1/usr/sbin/update-initramfs"' \
    --include="$packages" trixie "$root" "$mirror"

rm "$root/usr/sbin/update-initramfs"
chroot "$root" dpkg-divert --local --rename --remove /usr/sbin/update-initramfs >/dev/null
# Only what an emulated machine needs to find its root: squashfs and overlay are not in it, as they may not
# be in the vendor's, so the card has to bring them.
sed -i 's/^MODULES=.*/MODULES=list/' "$root/etc/initramfs-tools/initramfs.conf"
printf '%s\n' virtio_pci virtio_mmio virtio_blk virtio_rng ext4 >"$root/etc/initramfs-tools/modules"
chroot "$root" update-initramfs -c -k all

# Accounts and services as Raspberry Pi OS ships them: a user that is renamed at first boot, units that fight
# a root that cannot be written. They do nothing here; the build must find and silence them.
chroot "$root" useradd -m -s /usr/sbin/nologin -G sudo,adm,netdev rpi-first-boot-wizard 2>/dev/null \
    || chroot "$root" useradd -m -s /usr/sbin/nologin rpi-first-boot-wizard
for unit in rpi-resize userconfig sshswitch cloud-init-local cloud-init cloud-config cloud-final \
    rpi-setup-loop@var-swap rpi-resize-swap-file regenerate_ssh_host_keys; do
    printf '[Unit]\nDescription=Stand-in for %s of Raspberry Pi OS\n[Service]\nType=oneshot\nExecStart=/bin/false\n[Install]\nWantedBy=multi-user.target\n' \
        "$unit" >"$root/usr/lib/systemd/system/$unit.service"
    ln -sf "/usr/lib/systemd/system/$unit.service" \
        "$root/etc/systemd/system/multi-user.target.wants/$unit.service"
done
mkdir -p "$root/usr/lib/raspberrypi-sys-mods" "$root/etc/cloud/cloud.cfg.d" "$root/boot/firmware" \
    "$root/etc/rpi-issue.d"
printf '#!/bin/sh\nexit 1\n' >"$root/usr/lib/raspberrypi-sys-mods/firstboot"
printf 'Raspberry Pi reference 2026-06-19 (stand-in)\nGenerated using PiChat make-base\n' >"$root/etc/rpi-issue"
echo uninitialized >"$root/etc/machine-id"
echo raspberrypi >"$root/etc/hostname"
printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\traspberrypi\n' >"$root/etc/hosts"
cat >"$root/etc/fstab" <<'FSTAB'
proc            /proc           proc    defaults          0       0
PARTUUID=5e3da3da-01  /boot/firmware  vfat    defaults          0       2
PARTUUID=5e3da3da-02  /               ext4    defaults,noatime  0       1
FSTAB
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/* "$root"/tmp/*
