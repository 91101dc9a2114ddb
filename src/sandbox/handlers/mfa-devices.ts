/** Virtual MFA devices: made, switched on for a user by two codes, listed, switched off, deleted. STS asks for their codes. */
import { alreadyExists, AwsError, deleteConflict, limitExceeded, noSuchEntity } from '#sandbox/errors.ts';
import type { MfaDevice, User } from '#sandbox/model/account.ts';
import { QUOTAS } from '#sandbox/model/quotas.ts';
import { mergeTags } from '#sandbox/model/tags.ts';
import { areCodes, newSeed } from '#sandbox/model/totp.ts';
import type { IamOperations } from '#sandbox/wire/generated/iam-types.ts';
import { tagContext } from './context.ts';
import { findDevice, findUser, onArn, onNamed } from './find.ts';
import type { Call, Handlers } from './handler.ts';
import { paginate } from './page.ts';
import { userNameOr } from './users.ts';
import { someTags, userInList } from './views.ts';

type DeviceOperations = Pick<
  IamOperations,
  | 'CreateVirtualMFADevice'
  | 'DeleteVirtualMFADevice'
  | 'EnableMFADevice'
  | 'DeactivateMFADevice'
  | 'ResyncMFADevice'
  | 'GetMFADevice'
  | 'ListMFADevices'
  | 'ListVirtualMFADevices'
>;

export const devicesOf = (call: Call, user: User): readonly MfaDevice[] =>
  [...call.account.mfaDevices.values()].filter(({ owner }) => owner === user);

const onDevice = (call: Call, action: string, serial: string, extra = {}) =>
  onArn(action, serial, call.account.mfaDevices.get(serial), extra);

const assertCodes = (call: Call, device: MfaDevice, first: string, second: string): void => {
  if (!areCodes(device.seed, first, second, call.world.wallNow()))
    throw new AwsError('InvalidAuthenticationCode', 'Authentication code for device is not valid.');
};

const findOwned = (call: Call, userName: string, serial: string): MfaDevice => {
  const user = findUser(call, userName);
  const device = call.account.mfaDevices.get(serial);
  if (device === undefined || device.owner !== user)
    throw noSuchEntity(`Device with serial number ${serial} does not exist for user ${userName}.`);
  return device;
};

export const mfaDeviceHandlers: Handlers<DeviceOperations> = {
  CreateVirtualMFADevice: {
    permissions: ({ VirtualMFADeviceName: name, Path = '/', Tags }, call) => {
      const arn = serialOf(call, name, Path);
      const names = ['CreateVirtualMFADevice', ...((Tags?.length ?? 0) > 0 ? ['TagMFADevice'] : [])];
      return names.map((action) => onDevice(call, action, arn, { context: tagContext(Tags) }));
    },
    run: ({ VirtualMFADeviceName: name, Path = '/', Tags }, call) => {
      const { account, world } = call;
      const serialNumber = serialOf(call, name, Path);
      if (account.mfaDevices.has(serialNumber)) throw alreadyExists('MFADevice entity at the same path and name already exists.');
      const seed = newSeed(world.random);
      const tags = mergeTags([], Tags ?? [], 'exact');
      account.mfaDevices.set(serialNumber, { serialNumber, seed, owner: undefined, enabledAt: undefined, tags });
      // No picture: what would read it can read the seed.
      return { VirtualMFADevice: { SerialNumber: serialNumber, Base32StringSeed: seed, QRCodePNG: '', Tags: someTags(tags) } };
    },
  },
  DeleteVirtualMFADevice: {
    permissions: ({ SerialNumber }, call) => [onDevice(call, 'DeleteVirtualMFADevice', SerialNumber)],
    run: ({ SerialNumber }, call) => {
      if (findDevice(call, SerialNumber).owner !== undefined)
        throw deleteConflict('MFA VirtualDevice is in use. Must deactivate device before deleting.');
      call.account.mfaDevices.delete(SerialNumber);
    },
  },
  EnableMFADevice: {
    permissions: ({ UserName }, call) => [onNamed(call, 'EnableMFADevice', 'user', UserName)],
    run: ({ UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }, call) => {
      const user = findUser(call, UserName);
      const device = findDevice(call, SerialNumber);
      if (device.owner !== undefined) throw alreadyExists('MFADevice entity at the same path and name already exists.');
      const quota = QUOTAS.mfaDevicesPerUser;
      if (devicesOf(call, user).length >= quota) throw limitExceeded(`Cannot exceed quota for MFADevicesPerUser: ${quota}`);
      assertCodes(call, device, AuthenticationCode1, AuthenticationCode2);
      device.owner = user;
      device.enabledAt = call.world.clock.now();
    },
  },
  DeactivateMFADevice: {
    permissions: ({ UserName }, call) => [onNamed(call, 'DeactivateMFADevice', 'user', userNameOr(call, UserName))],
    run: ({ UserName, SerialNumber }, call) => {
      const device = findOwned(call, userNameOr(call, UserName), SerialNumber);
      device.owner = undefined;
      device.enabledAt = undefined;
    },
  },
  ResyncMFADevice: {
    permissions: ({ UserName }, call) => [onNamed(call, 'ResyncMFADevice', 'user', UserName)],
    run: ({ UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }, call) =>
      assertCodes(call, findOwned(call, UserName, SerialNumber), AuthenticationCode1, AuthenticationCode2),
  },
  GetMFADevice: {
    permissions: ({ UserName }, call) => [onNamed(call, 'GetMFADevice', 'user', userNameOr(call, UserName))],
    run: ({ UserName, SerialNumber }, call) => {
      const name = userNameOr(call, UserName);
      const { enabledAt } = findOwned(call, name, SerialNumber);
      return { UserName: name, SerialNumber, EnableDate: enabledAt };
    },
  },
  ListMFADevices: {
    permissions: ({ UserName }, call) => [onNamed(call, 'ListMFADevices', 'user', userNameOr(call, UserName))],
    run: (input, call) => {
      const user = findUser(call, userNameOr(call, input.UserName));
      const { items, ...page } = paginate(devicesOf(call, user), input, ({ serialNumber }) => serialNumber);
      const shown = items.map(({ serialNumber: SerialNumber, enabledAt: EnableDate = 0 }) => ({
        UserName: user.name,
        SerialNumber,
        EnableDate,
      }));
      return { MFADevices: shown, ...page };
    },
  },
  ListVirtualMFADevices: {
    permissions: (_input, call) => [onArn('ListVirtualMFADevices', serialOf(call, '', '/'), undefined)],
    run: (input, call) => {
      const { AssignmentStatus: wanted = 'Any' } = input;
      const devices = [...call.account.mfaDevices.values()].filter(
        ({ owner }) => wanted === 'Any' || (wanted === 'Assigned') === (owner !== undefined),
      );
      const { items, ...page } = paginate(devices, input, ({ serialNumber }) => serialNumber);
      const shown = items.map(({ serialNumber, owner, enabledAt }) => ({
        SerialNumber: serialNumber,
        User: owner && userInList(owner),
        EnableDate: enabledAt,
      }));
      return { VirtualMFADevices: shown, ...page };
    },
  },
};

const serialOf = ({ account }: Call, name: string, path: string): string =>
  `arn:${account.partition}:iam::${account.id}:mfa${path}${name}`;
