"""boto3 against the sandbox, operation by operation: every constraint of the service models, pages of every list, absent entities, MFA, federation,
reports, the simulator. Run by sandbox-client.test.ts, or by hand: xacct sandbox -- python3 test/e2e/sandbox_client_breadth.py"""
import base64
import hashlib
import hmac
import struct
import time
import unittest

import botocore.exceptions
from sandbox_case import SOURCE, TARGET, Case, allow, client, control, document, trust, with_keys

READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'


def totp(seed, step=0):
    """The code of a device, so many half-minutes from now."""
    counter = struct.pack('>Q', int(time.time()) // 30 + step)
    digest = hmac.new(base64.b32decode(seed), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f'{(struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7fffffff) % 1_000_000:06d}'


# What serves as an input that is right in all but one member.
ARN = f'arn:aws:iam::{TARGET}:policy/absent'
GOOD = {
    'PolicyDocument': allow('s3:*'), 'AssumeRolePolicyDocument': trust(), 'PolicyArn': ARN, 'PermissionsBoundary': ARN,
    'OpenIDConnectProviderArn': f'arn:aws:iam::{TARGET}:oidc-provider/example.com', 'Url': 'https://example.com', 'VersionId': 'v1',
    'RoleArn': f'arn:aws:iam::{TARGET}:role/absent', 'PolicySourceArn': f'arn:aws:iam::{TARGET}:role/absent', 'ActionNames': ['s3:GetObject'],
    'PolicyInputList': [allow('s3:*')], 'Tags': [{'Key': 'k', 'Value': 'v'}], 'TagKeys': ['k'], 'ThumbprintList': ['a' * 40],
    'AuthenticationCode1': '000000', 'AuthenticationCode2': '000000', 'SerialNumber': f'arn:aws:iam::{TARGET}:mfa/absent',
    'AWSServiceName': 'ecs.amazonaws.com', 'AccessKeyId': 'AKIAABSENTABSENTABSE', 'Status': 'Inactive', 'Password': 'correct horse',
    'AccountAlias': 'other', 'WebIdentityToken': 'x.y.z', 'RoleSessionName': 'sess', 'Description': 'd', 'EncodedMessage': 'x',
    'DeletionTaskId': 'task/aws-service-role/x/y/z', 'ClientID': 'c',
}
# Of these IAM says in a sentence of its own which characters they may have.
NAMES_AND_PATHS = (r'[\w+=,.@-]+', r'(\u002F)|(\u002F[\u0021-\u007E]+\u002F)', r'((/[A-Za-z0-9\.,\+@=_-]+)*)/')
WRONG_CHARACTERS = {'Path': 'no-slash', 'PathPrefix': 'no-slash'}


def members_of(api):
    """(operation, member, shape, required) of all that is served, by the models that boto3 brings."""
    model = api.meta.service_model
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        for member, of in (shape.members if shape else {}).items():
            yield name, member, of, member in shape.required_members


def snake(name):
    return botocore.xform_name(name)


def good(api, operation):
    shape = api.meta.service_model.operation_model(operation).input_shape
    return {member: GOOD.get(member, 'absent') for member in (shape.required_members if shape else [])}


class Constraints(Case):
    """Each length, value, pattern and set of the models, broken alone, is a ValidationError that names the member."""

    def served(self, api):
        served = {}
        for name in api.meta.service_model.operation_names:
            try:
                getattr(api, snake(name))()
                served[name] = True
            except botocore.exceptions.ClientError as error:
                served[name] = error.response['Error']['Code'] != 'InvalidAction'
        control('reset', {})
        return {name for name, is_served in served.items() if is_served}

    def check(self, api, least):
        served, count = self.served(api), 0
        for operation, member, shape, required in members_of(api):
            if operation not in served:
                continue
            place = member[0].lower() + member[1:]
            broken = []
            if required:
                broken.append((None, 'Member must not be null'))
            data = shape.metadata
            if shape.type_name == 'string':
                if data.get('min', 0) > 0:
                    broken.append(('', f'length greater than or equal to {data["min"]}'))
                if data.get('max', 10**6) < 10**6:
                    broken.append(('x' * (data['max'] + 1), f'length less than or equal to {data["max"]}'))
                if 'pattern' in data and member not in ('Description', 'Policy') and not member.endswith('Document') and 'Marker' not in member:
                    broken.append((WRONG_CHARACTERS.get(member, '\u0001 \u0001'), 'regular expression pattern: '))
                if shape.enum:
                    broken.append(('Nonsense', 'enum value set'))
            if shape.type_name == 'integer':
                if 'min' in data:
                    broken.append((data['min'] - 1, f'value greater than or equal to {data["min"]}'))
                if 'max' in data:
                    broken.append((data['max'] + 1, f'value less than or equal to {data["max"]}'))
            if shape.type_name == 'list' and data.get('max', 10**3) < 10**3 and (shape.member.type_name == 'string' or member in GOOD):
                item = GOOD.get(member, ['absent'])[0]
                broken.append(([item] * (data['max'] + 1), f'length less than or equal to {data["max"]}'))
            for value, words in broken:
                with self.subTest(operation=operation, member=member, words=words):
                    parameters = {**good(api, operation), member: value}
                    if value is None:
                        del parameters[member]
                    call = getattr(api, snake(operation))
                    said = ('validation error', f"at '{place}", words)
                    if words.startswith('regular') and data['pattern'] in NAMES_AND_PATHS and api is self.iam:
                        said = (f'The specified value for {place} is invalid. It must',)
                    # An absent member of a signed request is found before anything else is.
                    self.refused('ValidationError', 400, call, *said, **parameters)
                    count += 1
        self.assertGreaterEqual(count, least)

    def test_iam(self):
        self.check(self.iam, 400)

    def test_sts(self):
        self.check(self.sts, 30)


class Absent(Case):
    def test_entities(self):
        """Whatever is asked of what is not there is NoSuchEntity, by the words that name it."""
        exempt = {'SimulateCustomPolicy', 'GetContextKeysForCustomPolicy', 'GetAccessKeyLastUsed', 'DeleteOpenIDConnectProvider', 'DeleteAccountAlias'}
        for operation in self.iam.meta.service_model.operation_names:
            parameters = good(self.iam, operation)
            named = {'RoleName', 'UserName', 'GroupName', 'PolicyArn', 'InstanceProfileName', 'OpenIDConnectProviderArn', 'PolicySourceArn', 'SerialNumber'}
            if operation.startswith('Create') and operation not in ('CreateLoginProfile', 'CreatePolicyVersion') or operation in exempt:
                continue
            if not named & set(parameters):
                continue
            with self.subTest(operation=operation):
                try:
                    self.refused('NoSuchEntity', 404, getattr(self.iam, snake(operation)), **parameters)
                except AssertionError as error:
                    if 'InvalidAction' not in str(error):
                        raise

    def test_other_codes(self):
        self.refused('NoSuchEntity', 404, self.iam.delete_account_alias, 'other', AccountAlias='other')
        self.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=GOOD['OpenIDConnectProviderArn'])
        self.refused('InvalidAction', 400, self.iam.create_saml_provider, 'CreateSAMLProvider', SAMLMetadataDocument='x' * 1000, Name='s')
        self.refused('InvalidAction', 400, self.sts.assume_role_with_saml, RoleArn=GOOD['RoleArn'], PrincipalArn=GOOD['RoleArn'], SAMLAssertion='xxxx')


class Pages(Case):
    COUNT, SIZE = 5, 2

    def pages(self, operation, key, read, **parameters):
        """All of a list once, by the paginator and by hand, in pages no longer than asked for."""
        pages = list(self.iam.get_paginator(operation).paginate(PaginationConfig={'PageSize': self.SIZE}, **parameters))
        self.assertTrue(all(len(page[key]) <= self.SIZE for page in pages))
        self.assertEqual([page['IsTruncated'] for page in pages], [True] * (len(pages) - 1) + [False])
        self.assertTrue(all(page.get('Marker') for page in pages[:-1]))
        self.assertNotIn('Marker', pages[-1])
        whole = [read(item) for item in getattr(self.iam, operation)(**parameters)[key]]
        self.assertEqual([read(item) for page in pages for item in page[key]], whole)
        self.refused('ValidationError', 400, getattr(self.iam, operation), 'maxItems', MaxItems=0, **parameters)
        self.refused('ValidationError', 400, getattr(self.iam, operation), Marker='nonsense', **parameters)
        return whole

    def test_of_entities(self):
        for i in range(self.COUNT):
            self.role(f'r{i}')
            self.iam.create_user(UserName=f'u{i}')
            self.iam.create_group(GroupName=f'g{i}')
            self.iam.create_policy(PolicyName=f'p{i}', PolicyDocument=allow('s3:*'))
            self.iam.create_instance_profile(InstanceProfileName=f'i{i}')
            self.iam.create_virtual_mfa_device(VirtualMFADeviceName=f'm{i}')
        self.assertEqual(self.pages('list_roles', 'Roles', lambda r: r['RoleName']), [f'r{i}' for i in range(self.COUNT)])
        self.assertEqual(self.pages('list_users', 'Users', lambda u: u['UserName']), ['admin'] + [f'u{i}' for i in range(self.COUNT)])
        self.assertEqual(len(self.pages('list_groups', 'Groups', lambda g: g['GroupName'])), self.COUNT)
        self.assertEqual(len(self.pages('list_policies', 'Policies', lambda p: p['Arn'], Scope='Local')), self.COUNT)
        self.assertEqual(len(self.pages('list_instance_profiles', 'InstanceProfiles', lambda p: p['Arn'])), self.COUNT)
        self.assertEqual(len(self.pages('list_virtual_mfa_devices', 'VirtualMFADevices', lambda d: d['SerialNumber'])), self.COUNT)

    def test_of_what_hangs_on_them(self):
        tags = [{'Key': f'k{i}', 'Value': str(i)} for i in range(self.COUNT)]
        self.role('r', Tags=tags)
        self.iam.create_user(UserName='u', Tags=tags)
        self.iam.create_group(GroupName='g')
        arn = self.iam.create_policy(PolicyName='p', PolicyDocument=allow('s3:*'), Tags=tags)['Policy']['Arn']
        self.iam.create_instance_profile(InstanceProfileName='i', Tags=tags)
        provider = self.iam.create_open_id_connect_provider(Url='https://example.com', Tags=tags)['OpenIDConnectProviderArn']
        for i in range(self.COUNT):
            for kind, name in (('role', 'r'), ('user', 'u'), ('group', 'g')):
                who = {f'{kind.capitalize()}Name': name}
                getattr(self.iam, f'put_{kind}_policy')(PolicyName=f'p{i}', PolicyDocument=allow('s3:*'), **who)
                own = self.iam.create_policy(PolicyName=f'{kind}{i}', PolicyDocument=allow('s3:*'))['Policy']['Arn']
                getattr(self.iam, f'attach_{kind}_policy')(PolicyArn=own, **who)
            self.iam.create_group(GroupName=f'g{i}')
            self.iam.add_user_to_group(GroupName=f'g{i}', UserName='u')
            self.iam.create_user(UserName=f'u{i}')
            self.iam.add_user_to_group(GroupName='g', UserName=f'u{i}')
            self.iam.attach_user_policy(UserName=f'u{i}', PolicyArn=arn)
            self.iam.create_instance_profile(InstanceProfileName=f'i{i}')
            self.iam.add_role_to_instance_profile(InstanceProfileName=f'i{i}', RoleName='r')
            if i:
                self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow(f's3:Get{i}'))
        for i in range(2):
            self.iam.create_access_key(UserName='u')
        count = [self.COUNT]
        for kind, name in (('role', 'r'), ('user', 'u'), ('group', 'g')):
            who = {f'{kind.capitalize()}Name': name}
            self.assertEqual([len(self.pages(f'list_{kind}_policies', 'PolicyNames', str, **who))], count)
            self.assertEqual([len(self.pages(f'list_attached_{kind}_policies', 'AttachedPolicies', lambda p: p['PolicyArn'], **who))], count)
        tagged = lambda operation, **who: self.assertEqual(self.pages(operation, 'Tags', lambda t: t['Key'], **who), [t['Key'] for t in tags])
        tagged('list_role_tags', RoleName='r')
        tagged('list_user_tags', UserName='u')
        for operation, who in (('list_policy_tags', {'PolicyArn': arn}), ('list_instance_profile_tags', {'InstanceProfileName': 'i'}),
                               ('list_open_id_connect_provider_tags', {'OpenIDConnectProviderArn': provider})):
            call = getattr(self.iam, operation)
            first = call(MaxItems=3, **who)
            rest = call(MaxItems=3, Marker=first['Marker'], **who)
            self.assertEqual((first['IsTruncated'], rest['IsTruncated'], first['Tags'] + rest['Tags']), (True, False, tags))
        self.assertEqual([len(self.pages('list_groups_for_user', 'Groups', lambda g: g['GroupName'], UserName='u'))], count)
        self.assertEqual([len(self.pages('get_group', 'Users', lambda u: u['UserName'], GroupName='g'))], count)
        self.assertEqual([len(self.pages('list_policy_versions', 'Versions', lambda v: v['VersionId'], PolicyArn=arn))], count)
        self.assertEqual([len(self.pages('list_entities_for_policy', 'PolicyUsers', lambda u: u['UserName'], PolicyArn=arn))], count)
        self.assertEqual([len(self.pages('list_instance_profiles_for_role', 'InstanceProfiles', lambda p: p['Arn'], RoleName='r'))], count)
        self.assertEqual(len(self.iam.list_access_keys(UserName='u', MaxItems=1)['AccessKeyMetadata']), 1)

    def test_of_reports(self):
        for i in range(self.COUNT):
            self.role(f'r{i}')
        pages = list(self.iam.get_paginator('get_account_authorization_details').paginate(PaginationConfig={'PageSize': 2}))
        self.assertEqual(sorted(r['RoleName'] for page in pages for r in page['RoleDetailList']), [f'r{i}' for i in range(self.COUNT)])
        names = [f's3:Get{c}' for c in 'ABCDE']
        pages = list(self.iam.get_paginator('simulate_custom_policy').paginate(PolicyInputList=[allow('s3:*')], ActionNames=names, PaginationConfig={'PageSize': 2}))
        self.assertEqual([r['EvalActionName'] for page in pages for r in page['EvaluationResults']], names)

    def test_of_nothing(self):
        self.role('r')
        self.assertEqual(self.iam.list_role_policies(RoleName='r')['PolicyNames'], [])
        self.assertEqual(self.iam.list_attached_role_policies(RoleName='r')['AttachedPolicies'], [])
        self.assertEqual(self.iam.list_role_tags(RoleName='r')['Tags'], [])
        self.assertEqual(self.iam.list_instance_profiles_for_role(RoleName='r')['InstanceProfiles'], [])
        self.assertEqual(self.iam.list_mfa_devices(UserName='admin')['MFADevices'], [])
        self.assertEqual(self.iam.list_ssh_public_keys(UserName='admin')['SSHPublicKeys'], [])
        self.assertEqual(self.iam.list_signing_certificates(UserName='admin')['Certificates'], [])
        self.assertEqual(self.iam.list_server_certificates()['ServerCertificateMetadataList'], [])
        self.assertEqual(self.iam.list_saml_providers()['SAMLProviderList'], [])
        self.assertEqual(self.iam.list_groups()['Groups'], [])
        self.assertEqual(self.iam.list_open_id_connect_providers()['OpenIDConnectProviderList'], [])


class Waiters(Case):
    def test_exist(self):
        self.role('r')
        self.iam.create_user(UserName='u')
        self.iam.create_instance_profile(InstanceProfileName='i')
        arn = self.iam.create_policy(PolicyName='p', PolicyDocument=allow('s3:*'))['Policy']['Arn']
        for name, parameters in (('role_exists', {'RoleName': 'r'}), ('user_exists', {'UserName': 'u'}), ('policy_exists', {'PolicyArn': arn}),
                                 ('instance_profile_exists', {'InstanceProfileName': 'i'})):
            self.iam.get_waiter(name).wait(WaiterConfig={'Delay': 0, 'MaxAttempts': 1}, **parameters)
        with self.assertRaises(botocore.exceptions.WaiterError):
            self.iam.get_waiter('role_exists').wait(RoleName='none', WaiterConfig={'Delay': 0, 'MaxAttempts': 1})


class Mfa(Case):
    def device(self, user='bob'):
        made = self.source_iam.create_virtual_mfa_device(VirtualMFADeviceName=user, Tags=[{'Key': 'k', 'Value': 'v'}])['VirtualMFADevice']
        seed = made['Base32StringSeed'].decode()
        self.source_iam.enable_mfa_device(UserName=user, SerialNumber=made['SerialNumber'], AuthenticationCode1=totp(seed, -1), AuthenticationCode2=totp(seed))
        return made['SerialNumber'], seed

    def test_life(self):
        self.user()
        made = self.source_iam.create_virtual_mfa_device(VirtualMFADeviceName='d', Path='/p/')['VirtualMFADevice']
        serial, seed = made['SerialNumber'], made['Base32StringSeed'].decode()
        self.assertEqual(serial, f'arn:aws:iam::{SOURCE}:mfa/p/d')
        self.refused('EntityAlreadyExists', 409, self.source_iam.create_virtual_mfa_device, VirtualMFADeviceName='d', Path='/p/')
        enable = lambda first, second: self.source_iam.enable_mfa_device(UserName='bob', SerialNumber=serial, AuthenticationCode1=first, AuthenticationCode2=second)
        self.refused('InvalidAuthenticationCode', 403, lambda: enable('000000', '000000'), 'Authentication code for device is not valid.')
        self.refused('InvalidAuthenticationCode', 403, lambda: enable(totp(seed), totp(seed)))
        self.assertEqual(len(self.source_iam.list_virtual_mfa_devices(AssignmentStatus='Unassigned')['VirtualMFADevices']), 1)
        enable(totp(seed, -1), totp(seed))
        self.assertEqual([d['SerialNumber'] for d in self.source_iam.list_mfa_devices(UserName='bob')['MFADevices']], [serial])
        assigned = self.source_iam.list_virtual_mfa_devices(AssignmentStatus='Assigned')['VirtualMFADevices']
        self.assertEqual([d['User']['UserName'] for d in assigned], ['bob'])
        self.assertEqual(self.source_iam.get_mfa_device(SerialNumber=serial, UserName='bob')['UserName'], 'bob')
        self.assertEqual(self.source_iam.get_account_summary()['SummaryMap']['MFADevicesInUse'], 1)
        self.refused('DeleteConflict', 409, self.source_iam.delete_virtual_mfa_device, 'in use', SerialNumber=serial)
        self.source_iam.tag_mfa_device(SerialNumber=serial, Tags=[{'Key': 'a', 'Value': 'b'}])
        self.assertEqual(self.source_iam.list_mfa_device_tags(SerialNumber=serial)['Tags'], [{'Key': 'a', 'Value': 'b'}])
        for key in self.source_iam.list_access_keys(UserName='bob')['AccessKeyMetadata']:
            self.source_iam.delete_access_key(UserName='bob', AccessKeyId=key['AccessKeyId'])
        self.refused('DeleteConflict', 409, self.source_iam.delete_user, 'MFA device', UserName='bob')
        self.source_iam.deactivate_mfa_device(UserName='bob', SerialNumber=serial)
        self.source_iam.delete_virtual_mfa_device(SerialNumber=serial)
        self.refused('NoSuchEntity', 404, self.source_iam.delete_virtual_mfa_device, SerialNumber=serial)

    def test_assume_role(self):
        bob = with_keys('sts', self.user(policy=allow('sts:AssumeRole')))
        serial, seed = self.device()
        self.role('r', trust(Condition={'Bool': {'aws:MultiFactorAuthPresent': 'true'}, 'NumericLessThan': {'aws:MultiFactorAuthAge': '60'}}))
        self.refused('AccessDenied', 403, self.assume, name='r', caller=bob)
        self.assertIn('Credentials', self.assume('r', bob, SerialNumber=serial, TokenCode=totp(seed)))
        self.refused('AccessDenied', 403, self.assume, 'MultiFactorAuthentication failed with invalid MFA one time pass code', name='r', caller=bob, SerialNumber=serial, TokenCode='000000')
        self.refused('AccessDenied', 403, self.assume, 'unable to validate MFA code', name='r', caller=bob, SerialNumber=f'{serial}x', TokenCode=totp(seed))
        self.refused('AccessDenied', 403, self.assume, 'must provide both', name='r', caller=bob, SerialNumber=serial)
        self.refused('AccessDenied', 403, self.assume, 'unable to validate', name='r', SerialNumber=serial, TokenCode=totp(seed))
        self.refused('ValidationError', 400, self.assume, 'tokenCode', name='r', caller=bob, SerialNumber=serial, TokenCode='12345')

    def test_session_token(self):
        key = self.user(policy=allow('*', Condition={'Bool': {'aws:MultiFactorAuthPresent': 'true'}}))
        serial, seed = self.device()
        bob = with_keys('sts', key)
        self.refused('AccessDenied', 403, with_keys('iam', key).list_users)
        plain = bob.get_session_token()['Credentials']
        self.refused('InvalidClientTokenId', 403, with_keys('iam', plain).list_users)
        proved = bob.get_session_token(SerialNumber=serial, TokenCode=totp(seed))['Credentials']
        self.assertEqual(len(with_keys('iam', proved).list_users()['Users']), 2)
        self.role('r', trust(Condition={'Bool': {'aws:MultiFactorAuthPresent': 'true'}}))
        self.assertIn('Credentials', self.assume('r', with_keys('sts', proved)))
        self.refused('AccessDenied', 403, self.assume, name='r', caller=with_keys('sts', plain))
        control('clock', {'advanceMs': 3_600_000})
        self.source_iam.put_user_policy(UserName='bob', PolicyName='p', PolicyDocument=allow('*', Condition={'NumericLessThan': {'aws:MultiFactorAuthAge': '3600'}}))
        self.refused('AccessDenied', 403, with_keys('iam', proved).list_users)


class Federation(Case):
    def test_token(self):
        key = self.user(policy=allow(['sts:GetFederationToken', 's3:*', 'iam:*']))
        bob = with_keys('sts', key)
        answer = bob.get_federation_token(Name='alice', Policy=allow('s3:GetObject'), DurationSeconds=900)
        self.assertEqual(answer['FederatedUser'], {'FederatedUserId': f'{SOURCE}:alice', 'Arn': f'arn:aws:sts::{SOURCE}:federated-user/alice'})
        self.assertGreater(answer['PackedPolicySize'], 0)
        inside = with_keys('sts', answer['Credentials'])
        me = inside.get_caller_identity()
        self.assertEqual((me['Arn'], me['UserId']), (f'arn:aws:sts::{SOURCE}:federated-user/alice', f'{SOURCE}:alice'))
        self.refused('InvalidClientTokenId', 403, with_keys('iam', answer['Credentials']).list_users)
        self.role('r', trust({'AWS': '*'}))
        self.refused('AccessDenied', 403, self.assume, name='r', caller=inside)
        self.refused('AccessDenied', 403, with_keys('sts', self.user('carol')).get_federation_token, 'sts:GetFederationToken', Name='alice')
        self.refused('ValidationError', 400, bob.get_federation_token, 'name', Name='x' * 33)
        self.refused('AccessDenied', 403, with_keys('sts', bob.get_session_token()['Credentials']).get_session_token)

    def test_keys_name_their_account(self):
        self.role()
        keys = [self.assume()['Credentials']['AccessKeyId'], self.user()['AccessKeyId'], self.source.get_session_token()['Credentials']['AccessKeyId']]
        self.assertEqual([self.source.get_access_key_info(AccessKeyId=key)['Account'] for key in keys], [TARGET, SOURCE, SOURCE])
        self.refused('InvalidAuthorizationMessageException', 400, self.sts.decode_authorization_message, EncodedMessage='nonsense')


class Settings(Case):
    def test_password_policy(self):
        self.refused('NoSuchEntity', 404, self.iam.get_account_password_policy, f'The Password Policy with domain name {TARGET} cannot be found.')
        self.iam.update_account_password_policy(MinimumPasswordLength=14, RequireSymbols=True, MaxPasswordAge=90)
        policy = self.iam.get_account_password_policy()['PasswordPolicy']
        self.assertEqual((policy['MinimumPasswordLength'], policy['RequireSymbols'], policy['RequireNumbers'], policy['ExpirePasswords'], policy['MaxPasswordAge']), (14, True, False, True, 90))
        self.iam.delete_account_password_policy()
        self.refused('NoSuchEntity', 404, self.iam.delete_account_password_policy)

    def test_credential_report(self):
        self.refused('ReportNotPresent', 410, self.iam.get_credential_report)
        self.assertEqual(self.iam.generate_credential_report()['State'], 'STARTED')
        self.assertEqual(self.iam.generate_credential_report()['State'], 'COMPLETE')
        report = self.iam.get_credential_report()
        lines = [line.split(',') for line in report['Content'].decode().split('\n')]
        self.assertEqual(({len(line) for line in lines}, report['ReportFormat']), ({22}, 'text/csv'))
        self.assertEqual([line[0] for line in lines], ['user', '<root_account>', 'admin'])
        self.assertEqual(dict(zip(lines[0], lines[2]))['access_key_1_active'], 'true')


class Simulation(Case):
    def decisions(self, **more):
        return {r['EvalActionName']: r for r in self.source_iam.simulate_principal_policy(**more)['EvaluationResults']}

    def test_principal(self):
        self.user(policy=allow('s3:Get*', 'arn:aws:s3:::b/*'), PermissionsBoundary=READ_ONLY)
        arn = f'arn:aws:iam::{SOURCE}:user/bob'
        ask = lambda **more: self.decisions(PolicySourceArn=arn, ActionNames=['s3:GetObject', 's3:PutObject'], **more)
        found = ask(ResourceArns=['arn:aws:s3:::b/k'])
        self.assertEqual({name: r['EvalDecision'] for name, r in found.items()}, {'s3:GetObject': 'allowed', 's3:PutObject': 'implicitDeny'})
        self.assertEqual(found['s3:GetObject']['EvalResourceName'], 'arn:aws:s3:::b/k')
        self.assertEqual(found['s3:GetObject']['MatchedStatements'][0]['SourcePolicyId'], 'p')
        self.assertTrue(found['s3:GetObject']['PermissionsBoundaryDecisionDetail']['AllowedByPermissionsBoundary'])
        self.assertEqual(ask()['s3:GetObject']['EvalDecision'], 'implicitDeny')
        self.assertEqual(ask(ResourceArns=['arn:aws:s3:::b/k'], PolicyInputList=[document({'Effect': 'Deny', 'Action': 's3:GetObject', 'Resource': '*'})])['s3:GetObject']['EvalDecision'], 'explicitDeny')
        self.assertEqual(ask(ResourceArns=['arn:aws:s3:::b/k'], PermissionsBoundaryPolicyInputList=[allow('ec2:*')])['s3:GetObject']['EvalDecision'], 'implicitDeny')
        keys = self.source_iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)['ContextKeyNames']
        self.assertEqual(keys, [])

    def test_context(self):
        self.user(policy=allow('s3:*', Condition={'StringEquals': {'aws:RequestedRegion': 'eu-west-1'}, 'NumericLessThan': {'s3:max-keys': '10'}}))
        arn = f'arn:aws:iam::{SOURCE}:user/bob'
        ask = lambda *entries: self.decisions(PolicySourceArn=arn, ActionNames=['s3:ListBucket'], ContextEntries=[
            {'ContextKeyName': name, 'ContextKeyType': kind, 'ContextKeyValues': values} for name, kind, values in entries])['s3:ListBucket']
        region = ('aws:RequestedRegion', 'string', ['eu-west-1'])
        missing = ask(region)
        self.assertEqual((missing['EvalDecision'], missing['MissingContextValues']), ('implicitDeny', ['s3:max-keys']))
        self.assertEqual(ask(region, ('s3:max-keys', 'numeric', ['9']))['EvalDecision'], 'allowed')
        self.assertEqual(ask(region, ('s3:max-keys', 'numeric', ['10']))['EvalDecision'], 'implicitDeny')
        self.refused('ValidationError', 400, self.source_iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=['s3:ListBucket'],
                     ContextEntries=[{'ContextKeyName': 'a:b', 'ContextKeyType': 'nonsense', 'ContextKeyValues': ['x']}])
        self.refused('InvalidInput', 400, self.source_iam.simulate_principal_policy, PolicySourceArn=arn, ActionNames=['nonsense'])

    def test_resource_policy(self):
        self.user()
        arn = f'arn:aws:iam::{SOURCE}:user/bob'
        policy = document({'Effect': 'Allow', 'Principal': {'AWS': arn}, 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::b/*'})
        ask = lambda text: self.decisions(PolicySourceArn=arn, CallerArn=arn, ActionNames=['s3:GetObject'], ResourceArns=['arn:aws:s3:::b/k'],
                                          ResourceOwner=f'arn:aws:iam::{SOURCE}:root', ResourcePolicy=text)['s3:GetObject']['EvalDecision']
        self.assertEqual(ask(policy), 'allowed')
        self.assertEqual(ask(policy.replace('Allow', 'Deny')), 'explicitDeny')
        self.assertEqual(ask(policy.replace('bob', 'eve')), 'implicitDeny')
        self.refused('MalformedPolicyDocument', 400, lambda: ask('{'))

    def test_groups_and_roles(self):
        self.source_iam.create_group(GroupName='g')
        self.source_iam.put_group_policy(GroupName='g', PolicyName='p', PolicyDocument=allow('ec2:*'))
        self.source_iam.create_role(RoleName='r', AssumeRolePolicyDocument=trust())
        self.source_iam.attach_role_policy(RoleName='r', PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')
        for arn in (f'arn:aws:iam::{SOURCE}:group/g', f'arn:aws:iam::{SOURCE}:role/r'):
            self.assertEqual(self.decisions(PolicySourceArn=arn, ActionNames=['ec2:RunInstances'])['ec2:RunInstances']['EvalDecision'], 'allowed')


class Quotas(Case):
    def test_attachments(self):
        self.role('r')
        arns = [self.iam.create_policy(PolicyName=f'p{i}', PolicyDocument=allow('s3:*'))['Policy']['Arn'] for i in range(11)]
        for arn in arns[:10]:
            self.iam.attach_role_policy(RoleName='r', PolicyArn=arn)
        self.refused('LimitExceeded', 409, self.iam.attach_role_policy, 'Cannot exceed quota for PoliciesPerRole: 10', RoleName='r', PolicyArn=arns[10])

    def test_sizes(self):
        self.iam.create_user(UserName='u')
        self.iam.create_group(GroupName='g')
        big = lambda size: allow(['s3:' + 'x' * 100 + str(i) for i in range(size // 105)])
        self.refused('LimitExceeded', 409, self.iam.put_user_policy, 'Maximum policy size of 2048 bytes exceeded for user u', UserName='u', PolicyName='p', PolicyDocument=big(2500))
        self.refused('LimitExceeded', 409, self.iam.put_group_policy, 'Maximum policy size of 5120 bytes exceeded for group g', GroupName='g', PolicyName='p', PolicyDocument=big(6000))

    def test_groups_of_a_user(self):
        self.iam.create_user(UserName='u')
        for i in range(11):
            self.iam.create_group(GroupName=f'g{i}')
        for i in range(10):
            self.iam.add_user_to_group(GroupName=f'g{i}', UserName='u')
        self.refused('LimitExceeded', 409, self.iam.add_user_to_group, 'GroupsPerUser: 10', GroupName='g10', UserName='u')


class Details(Case):
    """Answers, member by member."""

    def test_role_documents_and_dates(self):
        made = self.role('r', Description='', Tags=[{'Key': 'k', 'Value': 'v'}])
        self.assertNotIn('Description', made)
        got = self.iam.get_role(RoleName='r')['Role']
        self.assertEqual((got['CreateDate'], got['Arn'], got['RoleId'], got['Path']), (made['CreateDate'], made['Arn'], made['RoleId'], '/'))
        self.assertEqual(got['MaxSessionDuration'], 3600)
        self.assertIsNotNone(got['CreateDate'].tzinfo)

    def test_boundaries(self):
        self.role('r', PermissionsBoundary=READ_ONLY)
        self.assertEqual(self.iam.get_role(RoleName='r')['Role']['PermissionsBoundary'], {'PermissionsBoundaryType': 'PermissionsBoundaryPolicy', 'PermissionsBoundaryArn': READ_ONLY})
        self.assertEqual(self.iam.get_policy(PolicyArn=READ_ONLY)['Policy']['PermissionsBoundaryUsageCount'], 1)
        users = self.iam.list_entities_for_policy(PolicyArn=READ_ONLY, PolicyUsageFilter='PermissionsBoundary')
        self.assertEqual(([r['RoleName'] for r in users['PolicyRoles']], users['PolicyUsers'], users['PolicyGroups']), (['r'], [], []))
        self.assertEqual([p['Arn'] for p in self.iam.list_policies(PolicyUsageFilter='PermissionsBoundary')['Policies']], [READ_ONLY])
        self.iam.delete_role_permissions_boundary(RoleName='r')
        self.assertNotIn('PermissionsBoundary', self.iam.get_role(RoleName='r')['Role'])
        self.iam.put_role_permissions_boundary(RoleName='r', PermissionsBoundary=READ_ONLY)
        self.assertIn('PermissionsBoundary', self.iam.get_role(RoleName='r')['Role'])
        self.refused('ValidationError', 400, self.iam.put_role_permissions_boundary, RoleName='r', PermissionsBoundary='not-an-arn-but-long-enough')

    def test_entities_filters(self):
        arn = self.iam.create_policy(PolicyName='p', PolicyDocument=allow('s3:*'), Path='/x/')['Policy']['Arn']
        self.role('r', Path='/x/')
        self.iam.attach_role_policy(RoleName='r', PolicyArn=arn)
        self.iam.attach_user_policy(UserName='admin', PolicyArn=arn)
        self.assertEqual(len(self.iam.list_entities_for_policy(PolicyArn=arn, EntityFilter='User')['PolicyUsers']), 1)
        self.assertEqual(self.iam.list_entities_for_policy(PolicyArn=arn, EntityFilter='User')['PolicyRoles'], [])
        self.assertEqual([r['RoleName'] for r in self.iam.list_entities_for_policy(PolicyArn=arn, PathPrefix='/x/')['PolicyRoles']], ['r'])
        self.assertEqual([p['Arn'] for p in self.iam.list_policies(Scope='Local', PathPrefix='/x/')['Policies']], [arn])
        self.assertEqual([p['Arn'] for p in self.iam.list_policies(Scope='Local', OnlyAttached=True)['Policies']], [arn])
        self.assertEqual(self.iam.list_attached_role_policies(RoleName='r', PathPrefix='/y/')['AttachedPolicies'], [])

    def test_authorization_filters(self):
        self.role('r')
        self.iam.create_group(GroupName='g')
        self.iam.create_instance_profile(InstanceProfileName='i')
        self.iam.add_role_to_instance_profile(InstanceProfileName='i', RoleName='r')
        for name, key, count in (('User', 'UserDetailList', 1), ('Role', 'RoleDetailList', 1), ('Group', 'GroupDetailList', 1), ('AWSManagedPolicy', 'Policies', 1), ('LocalManagedPolicy', 'Policies', 0)):
            found = self.iam.get_account_authorization_details(Filter=[name])
            sizes = {k: len(found[k]) for k in ('UserDetailList', 'RoleDetailList', 'GroupDetailList', 'Policies')}
            self.assertEqual(sizes, {**dict.fromkeys(sizes, 0), key: count})
        both = self.iam.get_account_authorization_details(Filter=['Role', 'User'])
        self.assertEqual((len(both['RoleDetailList']), len(both['UserDetailList']), len(both['GroupDetailList'])), (1, 1, 0))
        self.assertEqual(both['RoleDetailList'][0]['InstanceProfileList'][0]['InstanceProfileName'], 'i')
        self.assertEqual(both['RoleDetailList'][0]['AssumeRolePolicyDocument']['Version'], '2012-10-17')
        self.refused('ValidationError', 400, self.iam.get_account_authorization_details, Filter=['Nonsense'])

    def test_login_profile(self):
        self.iam.create_user(UserName='u')
        made = self.iam.create_login_profile(UserName='u', Password='correct horse', PasswordResetRequired=True)['LoginProfile']
        self.assertEqual((made['UserName'], made['PasswordResetRequired']), ('u', True))
        self.refused('EntityAlreadyExists', 409, self.iam.create_login_profile, 'Login Profile for user u already exists.', UserName='u', Password='correct horse')
        self.iam.update_login_profile(UserName='u', PasswordResetRequired=False)
        self.assertFalse(self.iam.get_login_profile(UserName='u')['LoginProfile']['PasswordResetRequired'])
        self.iam.delete_login_profile(UserName='u')
        self.refused('NoSuchEntity', 404, self.iam.update_login_profile, 'Login Profile for User u cannot be found.', UserName='u')

    def test_text_that_xml_escapes(self):
        text = '<b>&amp; "quoted" \'single\' é'
        self.role('r', Description=text, Tags=[{'Key': 'k', 'Value': 'a b/c+d=é'}])
        got = self.iam.get_role(RoleName='r')['Role']
        self.assertEqual((got['Description'], got['Tags'][0]['Value']), (text, 'a b/c+d=é'))
        self.iam.put_role_policy(RoleName='r', PolicyName='p', PolicyDocument=allow('s3:*', Condition={'StringEquals': {'a:b': '<&>%20+ é'}}))
        read = self.iam.get_role_policy(RoleName='r', PolicyName='p')['PolicyDocument']
        self.assertEqual(read['Statement'][0]['Condition']['StringEquals']['a:b'], '<&>%20+ é')

    def test_tags_of_all_kinds(self):
        self.iam.create_user(UserName='u')
        self.iam.tag_user(UserName='u', Tags=[{'Key': 'K', 'Value': '1'}])
        self.iam.tag_user(UserName='u', Tags=[{'Key': 'k', 'Value': '2'}])
        self.assertEqual(self.iam.get_user(UserName='u')['User']['Tags'], [{'Key': 'k', 'Value': '2'}])
        arn = self.iam.create_policy(PolicyName='p', PolicyDocument=allow('s3:*'))['Policy']['Arn']
        self.iam.tag_policy(PolicyArn=arn, Tags=[{'Key': 'K', 'Value': '1'}, {'Key': 'k', 'Value': '2'}])
        self.assertEqual(len(self.iam.get_policy(PolicyArn=arn)['Policy']['Tags']), 2)
        self.iam.untag_policy(PolicyArn=arn, TagKeys=['K'])
        self.assertEqual(self.iam.list_policy_tags(PolicyArn=arn)['Tags'], [{'Key': 'k', 'Value': '2'}])
        self.refused('AccessDenied', 403, self.iam.tag_policy, PolicyArn=READ_ONLY, Tags=[{'Key': 'k', 'Value': 'v'}])

    def test_groups_of_lists(self):
        self.role('svc', trust({'Service': ['ec2.amazonaws.com', 'lambda.amazonaws.com']}))
        principal = self.iam.get_role(RoleName='svc')['Role']['AssumeRolePolicyDocument']['Statement'][0]['Principal']
        self.assertEqual(principal, {'Service': ['ec2.amazonaws.com', 'lambda.amazonaws.com']})

    def test_renaming(self):
        self.iam.create_user(UserName='u', Path='/a/')
        self.iam.update_user(UserName='u', NewUserName='v', NewPath='/b/')
        self.assertEqual(self.iam.get_user(UserName='v')['User']['Arn'], f'arn:aws:iam::{TARGET}:user/b/v')
        self.refused('NoSuchEntity', 404, self.iam.get_user, 'The user with name u cannot be found.', UserName='u')
        self.refused('EntityAlreadyExists', 409, self.iam.update_user, UserName='v', NewUserName='admin')

    def test_default_versions(self):
        arn = self.iam.create_policy(PolicyName='p', PolicyDocument=allow('s3:*'))['Policy']['Arn']
        self.refused('NoSuchEntity', 404, self.iam.set_default_policy_version, 'version v9', PolicyArn=arn, VersionId='v9')
        self.refused('NoSuchEntity', 404, self.iam.get_policy_version, PolicyArn=arn, VersionId='v2')
        self.refused('MalformedPolicyDocument', 400, self.iam.create_policy_version, PolicyArn=arn, PolicyDocument='{}')
        self.refused('ValidationError', 400, self.iam.get_policy_version, 'versionId', PolicyArn=arn, VersionId='2')


class WebIdentity(Case):
    ISSUER = 'https://gitlab.example.com'

    def ready(self, condition=None, **more):
        self.arn = self.iam.create_open_id_connect_provider(Url=self.ISSUER, ClientIDList=['me'])['OpenIDConnectProviderArn']
        self.role('web', trust({'Federated': self.arn}, ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'], Condition=condition or {
            'StringLike': {'gitlab.example.com:sub': 'project:*'}}), **more)

    def enter(self, claims=None, **more):
        token = control('token', {'iss': self.ISSUER, 'sub': 'project:a', 'aud': 'me', **(claims or {})})['token']
        parameters = {'RoleArn': f'arn:aws:iam::{TARGET}:role/web', 'RoleSessionName': 'ci', 'WebIdentityToken': token, **more}
        return self.sts.assume_role_with_web_identity(**parameters)

    def test_session(self):
        self.ready(MaxSessionDuration=7200)
        self.iam.put_role_policy(RoleName='web', PolicyName='p', PolicyDocument=allow('iam:List*', Condition={'StringEquals': {'aws:PrincipalTag/team': 'a'}}))
        tags = {'https://aws.amazon.com/tags': {'principal_tags': {'team': ['a']}, 'transitive_tag_keys': ['team']}, 'https://aws.amazon.com/source_identity': 'alice'}
        answer = self.enter(tags, DurationSeconds=7200)
        self.assertEqual((answer['SourceIdentity'], answer['AssumedRoleUser']['Arn']), ('alice', f'arn:aws:sts::{TARGET}:assumed-role/web/ci'))
        self.assertEqual(len(with_keys('iam', answer['Credentials']).list_roles()['Roles']), 1)
        self.refused('AccessDenied', 403, with_keys('iam', self.enter()['Credentials']).list_roles)
        self.refused('ValidationError', 400, lambda: self.enter(DurationSeconds=7201), 'MaxSessionDuration')
        limited = with_keys('iam', self.enter(tags, Policy=allow('iam:ListUsers'))['Credentials'])
        self.assertEqual(len(limited.list_users()['Users']), 1)
        self.refused('AccessDenied', 403, limited.list_roles, 'session policy')

    def test_refusals(self):
        self.ready()
        self.refused('AccessDenied', 403, lambda: self.enter(RoleArn=f'arn:aws:iam::{TARGET}:role/none'), 'Not authorized to perform sts:AssumeRoleWithWebIdentity')
        self.refused('InvalidIdentityToken', 400, lambda: self.enter(WebIdentityToken='not.a.token'))
        good = control('token', {'iss': self.ISSUER, 'sub': 'project:a', 'aud': 'me'})['token']
        head, body, mark = good.split('.')
        self.refused('InvalidIdentityToken', 400, lambda: self.enter(WebIdentityToken=f'{head}.{body}.{mark[:-6]}AAAAAA'))
        none = base64.urlsafe_b64encode(b'{"alg":"none","kid":"xacct-sandbox"}').decode().rstrip('=')
        self.refused('InvalidIdentityToken', 400, lambda: self.enter(WebIdentityToken=f'{none}.{body}.'))
        self.refused('InvalidIdentityToken', 400, lambda: self.enter({'aud': []}), 'aud')
        self.refused('ValidationError', 400, lambda: self.enter(WebIdentityToken='x'), 'webIdentityToken')
        self.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=self.arn)
        self.refused('InvalidIdentityToken', 400, self.enter, 'No OpenIDConnect provider found')

    def test_shared_issuers(self):
        github = 'token.actions.githubusercontent.com'
        arn = self.iam.create_open_id_connect_provider(Url=f'https://{github}', ClientIDList=['sts.amazonaws.com'])['OpenIDConnectProviderArn']
        text = lambda condition: trust({'Federated': arn}, 'sts:AssumeRoleWithWebIdentity', Condition=condition)
        audience = {f'{github}:aud': 'sts.amazonaws.com'}
        self.refused('MalformedPolicyDocument', 400, self.role, f'{github}:sub', name='r', document=text({'StringEquals': audience}))
        self.refused('MalformedPolicyDocument', 400, self.role, name='r', document=text({'StringLike': {f'{github}:sub': '*'}}))
        self.role('r', text({'StringLike': {f'{github}:sub': 'repo:acme/*'}}))
        self.refused('MalformedPolicyDocument', 400, self.iam.update_assume_role_policy, RoleName='r', PolicyDocument=text({'StringEquals': audience}))


if __name__ == '__main__':
    unittest.main()
