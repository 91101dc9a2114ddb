/** Questions of plain access: a caller of generate.mjs with all its layers, and an action on a resource of its own account. */
import { chanceOf, generate } from './generate.mjs';

/** Actions with the resources that they are about; `ACCOUNT` stands for the caller's. */
const QUESTIONS = [
  ['s3:GetObject', 'arn:aws:s3:::bucket/key'],
  ['s3:ListBucket', 'arn:aws:s3:::bucket'],
  ['ec2:DescribeInstances', '*'],
  ['iam:GetRole', 'arn:aws:iam::ACCOUNT:role/xacct-dev'],
  ['iam:UpdateAssumeRolePolicy', 'arn:aws:iam::ACCOUNT:role/xacct-dev'],
  ['sqs:SendMessage', 'arn:aws:sqs:eu-west-1:ACCOUNT:queue'],
];

/** @param {number} seed */
export const generateAccess = (seed) => {
  const chance = chanceOf(seed ^ 0x5eed);
  const [action, pattern] = QUESTIONS[Math.floor(chance() * QUESTIONS.length)] ?? ['', ''];
  const { caller, time } = generate(seed);
  const resource = pattern.replace('ACCOUNT', caller.arn.split(':')[4]);
  const text = JSON.stringify(caller)
    .replaceAll('"sts:AssumeRole"', `"${action}"`)
    .replaceAll('"sts:Assume*"', `"${action.slice(0, -3)}*"`)
    .replaceAll('"sts:TagSession"', `"${action.split(':')[0]}:*"`)
    .replaceAll('"arn:aws:iam::222222222222:role/xacct-dev"', `"${resource}"`)
    .replaceAll('"arn:aws:s3:::bucket"', '"arn:aws:s3:::bucket*"');
  return { id: `access-${seed}`, ...(time === undefined ? {} : { time }), caller: JSON.parse(text), action, resource };
};
